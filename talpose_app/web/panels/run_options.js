/**
 * What the user can say about a run: tracker, range, and the numbers under "Advanced".
 *
 * @import { Commands, TrackerState } from "../protocol/messages.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 */
import { pointRef } from "../state/point_key.js";
import { button, element, setText } from "./element.js";

/** The fields; all have defaults that need no touching. */
export class RunOptions {
  #run;
  #selection;
  #tracker = element("select", { class: "select wide" });
  #device = element("select", { class: "select" });
  #method = element("select", { class: "select" });
  #steps = numberField("1", "1", "10000", "auto");
  #rate = numberField("any", "0.000001", "1", "auto");
  #licence = element("p", { class: "caption run-licence" });
  #range = element("div", { class: "run-range" });
  #rangeText = element("span");
  #onlyPoint = element("input", { attributes: { type: "checkbox" } });

  /**
   * @param {RunModel} run
   * @param {Selection} selection
   * @param {() => void} showTrackers
   */
  constructor(run, selection, showTrackers) {
    this.#run = run;
    this.#selection = selection;
    fill(this.#device, [["auto", "Automatic"], ["cpu", "CPU"], ["cuda", "CUDA"], ["mps", "Apple MPS"]]);
    fill(this.#method, [["talpose", "TALPose"], ["published", "As published"]]);
    this.node = element(
      "div",
      { class: "run-options" },
      field("Tracker", this.#tracker),
      this.#licence,
      button({ icon: "import", label: "Get trackers, add files, read licences", text: "Get more trackers…", class: "button run-trackers", onClick: showTrackers }),
      this.#range,
      this.#advanced(),
    );
    const clear = button({
      icon: "close",
      label: "Whole video again",
      class: "icon-button is-small",
      onClick: () => {
        selection.range = null;
      },
    });
    this.#range.append(this.#rangeText, clear);
    this.#tracker.addEventListener("change", () => this.#updateLicence());
    run.on("trackers", () => this.#updateTrackers());
    selection.on("range", () => this.#updateRange());
    this.#updateRange();
  }

  /**
   * @param {"track" | "refine"} kind
   * @returns {Commands["start_run"]}
   */
  toCommand(kind) {
    const { range, point } = this.#selection;
    const isRefine = kind === "refine";
    return {
      kind,
      points: this.#onlyPoint.checked && point !== null ? [pointRef(point)] : null,
      start: range?.start ?? null,
      stop: range?.stop ?? null,
      n_steps: isRefine ? valueOf(this.#steps) : null,
      learning_rate: isRefine ? valueOf(this.#rate) : null,
      tracker: this.#tracker.value || "auto",
      device: this.#device.value,
      method: /** @type {"talpose" | "published"} */ (this.#method.value),
    };
  }

  /** @returns {HTMLElement} */
  #advanced() {
    const only = element("label", { class: "option" }, element("span", { text: "Only the selected point" }), this.#onlyPoint);
    const node = element(
      "details",
      { class: "advanced" },
      element("summary", { text: "Advanced" }),
      field("Steps", this.#steps),
      field("Learning rate", this.#rate),
      field("Method", this.#method),
      field("Device", this.#device),
      only,
    );
    node.addEventListener("toggle", () => {
      if (node.open) {
        node.scrollIntoView({ block: "nearest" });
      }
    });
    return node;
  }

  #updateTrackers() {
    const chosen = this.#tracker.value;
    const trackers = this.#run.trackers;
    const hasAuto = trackers.some(({ name }) => name === "auto");
    /** @type {[string, string, boolean?][]} */
    const options = trackers.map((tracker) => [tracker.name, titleOf(tracker), !tracker.is_installed]);
    fill(this.#tracker, hasAuto ? options : [["auto", "Best installed"], ...options]);
    this.#tracker.value = [...this.#tracker.options].some(({ value }) => value === chosen) ? chosen : "auto";
    this.#updateLicence();
  }

  #updateLicence() {
    const tracker = this.#run.trackers.find(({ name }) => name === this.#tracker.value);
    const text = [tracker?.title, tracker?.licence].filter(Boolean).join(" Licence: ");
    setText(this.#licence, text);
    this.#licence.hidden = text === "";
  }

  #updateRange() {
    const range = this.#selection.range;
    this.#range.classList.toggle("is-set", range !== null);
    setText(this.#rangeText, range ? `Frames ${range.start} to ${range.stop - 1}` : "Whole video");
    this.#range.title = range ? "" : "Shift and drag on the timeline to choose a range";
  }
}

/**
 * @param {TrackerState} tracker
 * @returns {string}
 */
function titleOf(tracker) {
  return tracker.is_installed ? tracker.name : `${tracker.name} (not installed)`;
}

/**
 * @param {HTMLSelectElement} select
 * @param {[value: string, text: string, isDisabled?: boolean][]} options
 */
function fill(select, options) {
  select.replaceChildren(
    ...options.map(([value, text, isDisabled = false]) => {
      const node = element("option", { text, attributes: { value } });
      node.disabled = isDisabled;
      return node;
    }),
  );
}

/**
 * @param {string} name
 * @param {HTMLElement} input
 * @returns {HTMLElement}
 */
function field(name, input) {
  return element("label", { class: "run-field" }, element("span", { text: name }), input);
}

/**
 * @param {string} step
 * @param {string} min
 * @param {string} max
 * @param {string} placeholder
 * @returns {HTMLInputElement}
 */
function numberField(step, min, max, placeholder) {
  return element("input", { class: "field", attributes: { type: "number", step, min, max, placeholder } });
}

/**
 * @param {HTMLInputElement} input
 * @returns {number | null} null for the default
 */
function valueOf(input) {
  return Number.isFinite(input.valueAsNumber) && input.checkValidity() ? input.valueAsNumber : null;
}
