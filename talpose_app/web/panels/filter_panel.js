/**
 * Filters: which, how strong, what it would change, and applying it.
 *
 * @import { FilterParameterState } from "../protocol/messages.js"
 * @import { FilterModel } from "../state/filters.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 */
import { counted } from "../state/format.js";
import { button, element, setLabel, setText } from "./element.js";

/** A slider with more stops than this is no help. */
const MAX_STOPS = 100;

/** The other tab of the panel on the right. */
export class FilterPanel {
  #models;
  #choice = element("select", { class: "select wide", attributes: { "aria-label": "Filter" } });
  #text = element("p", { class: "caption filter-text" });
  #fields = element("div", { class: "filter-fields" });
  #onlyPoint = element("input", { attributes: { type: "checkbox" } });
  #scope = element("p", { class: "caption" });
  #result = element("p", { class: "filter-result", attributes: { role: "status" } });
  #error = element("p", { class: "run-error", attributes: { role: "alert" } });
  #apply;
  #compare;
  #reset;

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, selection: Selection, filters: FilterModel }} models
   * @param {{ apply: () => void }} actions
   */
  constructor(root, models, { apply }) {
    this.#models = models;
    const { filters } = models;
    this.#apply = button({ icon: "check", label: "Change the tracks, as one step that undo takes back", text: "Apply", class: "button is-primary", onClick: apply });
    this.#compare = button({ icon: "compare", label: "Hold to see the tracks as they are (B)", text: "Before", class: "button is-outlined", onClick: () => {} });
    this.#reset = button({ icon: "revert", label: "Defaults again", class: "icon-button is-small", onClick: () => filters.reset() });
    const only = element("label", { class: "option" }, element("span", { text: "Only the selected point" }), this.#onlyPoint);
    const head = element("div", { class: "filter-head" }, this.#choice, this.#reset);
    const tools = element("div", { class: "run-tools" }, this.#compare, this.#apply);
    const note = element("p", { class: "caption", text: "Labels stay as they are, and tracks keep passing through them." });
    const body = element("div", { class: "run-scroll" }, head, this.#text, this.#fields, only, this.#scope, this.#result, this.#error, note);
    root.append(body, element("div", { class: "filter-foot" }, tools));
    this.#listen();
    this.#observe();
  }

  #listen() {
    const { filters } = this.#models;
    this.#choice.addEventListener("change", () => filters.choose(this.#choice.value));
    this.#onlyPoint.addEventListener("change", () => {
      filters.isForPoint = this.#onlyPoint.checked;
    });
    /** @param {boolean} isHeld */
    const hold = (isHeld) => {
      filters.isComparing = isHeld;
    };
    this.#compare.addEventListener("pointerdown", () => hold(true));
    for (const name of /** @type {const} */ (["pointerup", "pointerleave", "pointercancel", "keyup"])) {
      this.#compare.addEventListener(name, () => hold(false));
    }
    this.#compare.addEventListener("keydown", (event) => hold(event.key === " " || event.key === "Enter"));
  }

  #observe() {
    const { project, selection, filters } = this.#models;
    const update = () => this.#update();
    filters.on("filters", () => this.#list());
    filters.on("settings", () => this.#build());
    for (const name of /** @type {const} */ (["open", "preview"])) {
      filters.on(name, update);
    }
    filters.on("compare", () => this.#compare.setAttribute("aria-pressed", String(filters.isComparing)));
    for (const name of /** @type {const} */ (["opened", "tracks", "points", "save"])) {
      project.on(name, update);
    }
    selection.on("point", update);
    selection.on("range", update);
  }

  #list() {
    const { filters } = this.#models;
    this.#choice.replaceChildren(
      ...filters.filters.map(({ name, title }) => element("option", { text: title, attributes: { value: name } })),
    );
    this.#build();
  }

  /** Make the fields of the chosen filter; those that are there already keep the focus. */
  #build() {
    const { filter } = this.#models.filters;
    if (!filter) {
      return;
    }
    this.#choice.value = filter.name;
    setText(this.#text, filter.text);
    if (this.#fields.dataset["filter"] !== filter.name) {
      this.#fields.dataset["filter"] = filter.name;
      this.#fields.replaceChildren(...filter.parameters.map((parameter) => this.#field(parameter)));
    }
    this.#fields.dispatchEvent(new Event("refresh"));
    this.#update();
  }

  /**
   * @param {FilterParameterState} parameter
   * @returns {HTMLElement}
   */
  #field(parameter) {
    const { filters } = this.#models;
    const { name, title, least, most, unit, text } = parameter;
    const step = String(parameter.is_odd ? 2 : parameter.step);
    const limits = { min: String(least), max: String(most), step };
    const placeholder = name.startsWith("max_speed") ? "none" : "auto";
    const number = element("input", { class: "field", attributes: { type: "number", placeholder, "aria-label": title, ...limits } });
    const slider = element("input", { attributes: { type: "range", "aria-label": title, ...limits } });
    slider.hidden = (most - least) / Number(step) > MAX_STOPS;
    /** @param {HTMLInputElement} input */
    const take = (input) => filters.setValue(name, Number.isFinite(input.valueAsNumber) ? input.valueAsNumber : null);
    number.addEventListener("input", () => take(number));
    slider.addEventListener("input", () => take(slider));
    const show = () => {
      const value = filters.value(name);
      slider.value = String(value ?? least);
      if (document.activeElement !== number) {
        number.value = value === null ? "" : String(value);
      }
    };
    this.#fields.addEventListener("refresh", () => number.isConnected && show());
    number.addEventListener("blur", show);
    show();
    const words = element("span", { text: unit && unit !== "frames" ? `${title}, ${unit}` : title });
    return element("label", { class: `filter-field${slider.hidden ? " is-plain" : ""}`, title: text }, words, slider, number);
  }

  #update() {
    const { project, selection, filters } = this.#models;
    this.#onlyPoint.checked = filters.isForPoint;
    const { range } = selection;
    this.#scope.hidden = range === null;
    setText(this.#scope, range ? `Only frames ${range.start} to ${range.stop - 1}.` : "");
    this.#error.hidden = filters.error === "";
    setText(this.#error, filters.error);
    setText(this.#result, this.#inWords());
    this.#result.hidden = this.#result.textContent === "";
    const canChange = (filters.preview?.nChanged ?? 0) > 0;
    this.#apply.disabled = !canChange || project.isReadOnly;
    this.#compare.disabled = !canChange;
    setLabel(this.#apply, project.isReadOnly ? "The project is read-only" : "Change the tracks, as one step that undo takes back");
    this.#onlyPoint.disabled = selection.point === null && !filters.isForPoint;
  }

  /** @returns {string} what the filter would change */
  #inWords() {
    const { project, selection, filters } = this.#models;
    const { preview } = filters;
    if (project.tracks.size === 0) {
      return "Nothing to filter yet: track first.";
    }
    if (filters.isForPoint && selection.point === null) {
      return "Select a point.";
    }
    if (filters.isApplied) {
      return "Applied. Undo (Ctrl Z) takes it back.";
    }
    if (!preview) {
      return filters.error === "" ? "…" : "";
    }
    if (preview.nChanged === 0) {
      return "Nothing to change.";
    }
    const far = preview.meanPx === null ? "" : `, by ${preview.meanPx.toFixed(2)} px on average, ${(preview.maxPx ?? 0).toFixed(1)} at most`;
    return `Changes ${counted(preview.nChanged, "position")} of ${counted(preview.nPoints, "point")}${far}.`;
  }
}
