/**
 * The two large buttons that start a run, and how long a first one will take.
 *
 * @import { RunKind } from "../protocol/messages.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { RunOptions } from "./run_options.js"
 *
 * @typedef {{ node: HTMLButtonElement, hint: HTMLElement, expected: HTMLElement }} BigButton
 */
import { counted, formatRoughly } from "../state/format.js";
import { capsOf, shortcutOf } from "../state/keymap.js";
import { expectedTime } from "../state/pace.js";
import { element, icon, setText } from "./element.js";

/** A first run says beforehand how long it will take if that is longer, seconds. */
const LONG_RUN_S = 20;

/** TRACK and REFINE. */
export class RunButtons {
  #models;
  #options;
  #track;
  #refine;

  /**
   * @param {{ project: ProjectModel, run: RunModel }} models
   * @param {RunOptions} options
   * @param {(kind: RunKind) => void} start
   */
  constructor(models, options, start) {
    this.#models = models;
    this.#options = options;
    this.#track = bigButton("track", "track", "Track", () => start("track"));
    this.#refine = bigButton("refine", "refine", "Refine", () => start("refine"));
    this.node = element("div", { class: "run-buttons" }, this.#track.node, this.#refine.node);
  }

  /** Labels, tracks, options or the run have changed. */
  update() {
    const { project, run } = this.#models;
    const nLabels = project.labels.shown.size;
    const isBlocked = run.isActive || project.isReadOnly || nLabels === 0;
    this.#track.node.disabled = isBlocked;
    this.#refine.node.disabled = isBlocked;
    this.#track.node.classList.toggle("is-primary", project.tracks.size === 0);
    this.#refine.node.classList.toggle("is-primary", project.tracks.size > 0);
    const nKeyframes = project.labels.shown.keyframes().length;
    const text = nLabels === 0 ? "Place a label first" : `From ${counted(nLabels, "label")}`;
    this.#showHint("track", this.#track, text);
    this.#showHint("refine", this.#refine, nLabels === 0 ? "From your labels" : `From ${counted(nKeyframes, "frame")}`);
  }

  /**
   * @param {RunKind} kind
   * @param {BigButton} bigButton
   * @param {string} text
   */
  #showHint(kind, { node, hint, expected }, text) {
    const hasLabels = this.#models.project.labels.shown.size > 0;
    const time = hasLabels && this.#isFirst(kind) ? this.#expectedTime(kind) : null;
    const isLong = time !== null && time.seconds >= LONG_RUN_S;
    setText(hint, text);
    setText(expected, isLong ? `about ${formatRoughly(time.seconds)}` : "");
    const until = kind === "refine" ? "until the first tracks, which then improve step by step" : "from the video to tracks";
    const basis = time?.isMeasured ? "as fast as the last one on this computer" : "by a computer with two cores and no GPU; yours tells after its first run";
    node.title = isLong ? `A first run: about ${formatRoughly(time.seconds)} ${until}, ${basis}. Later ones look only at what changed.` : "";
  }

  /**
   * @param {RunKind} kind
   * @returns {{ seconds: number, isMeasured: boolean } | null}
   */
  #expectedTime(kind) {
    const { project } = this.#models;
    const { tracker = "auto", device = "auto", method, points, start, stop } = this.#options.toCommand(kind);
    const isKnown = kind === "track" || method === "talpose";
    const nPoints = points?.length ?? project.points.filter(({ key }) => project.labelsOf(key).length > 0).length;
    const nFrames = (stop ?? project.nFrames) - (start ?? 0);
    return isKnown ? expectedTime(project.paces, { kind, tracker, device, nFrames, nPoints }) : null;
  }

  /**
   * What a run finds out about the video is kept: the next one of its kind looks only at what changed.
   *
   * @param {RunKind} kind
   * @returns {boolean} whether the present pace tells how long such a run will take
   */
  #isFirst(kind) {
    const { project, run } = this.#models;
    return kind === "track" ? project.tracks.size === 0 && run.run === null : !project.hasRunOf(kind) && run.run?.kind !== kind;
  }
}

/**
 * @param {"track" | "refine"} id
 * @param {string} iconName
 * @param {string} text
 * @param {() => void} onClick
 * @returns {BigButton}
 */
function bigButton(id, iconName, text, onClick) {
  const hint = element("span", { class: "big-hint" });
  const expected = element("span", { class: "big-expected" });
  const title = element("span", { class: "big-title", text });
  const words = element("span", { class: "big-words" }, element("span", { class: "big-head" }, title, expected), hint);
  const caps = capsOf(shortcutOf(id)?.keys[0] ?? "").map((cap) => (cap === "Shift" ? "⇧" : cap)).join("");
  const node = element("button", {
    class: `big-button is-${id}`,
    attributes: { type: "button", id: `button-${id}` },
    on: { click: onClick },
  });
  node.append(icon(iconName), words, element("kbd", { class: "kbd", text: caps }));
  return { node, hint, expected };
}
