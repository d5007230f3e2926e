/**
 * What floats over the picture: the guide, the mode, and a word when the
 * picture is not yet that of the wanted frame.
 *
 * @import { FilterModel } from "../state/filters.js"
 * @import { Playback } from "../state/playback.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 */
import { guideHint } from "../state/guide.js";
import { button, element, icon, setIcon, setText } from "./element.js";

/** A picture that comes sooner needs no word. */
const PATIENCE_MS = 150;
const FLASH_MS = 1600;

/** The layer of words over the canvas. */
export class StageHud {
  #models;
  #root;
  #aside;
  #guide = element("div", { class: "guide", attributes: { role: "status" } });
  #guideStep = element("span", { class: "guide-step" });
  #guideTitle = element("strong");
  #guideText = element("span");
  #badge = element("div", { class: "stage-badge", attributes: { role: "status" } });
  #badgeText = element("span");
  #mode = element("div", { class: "stage-mode" });
  #modeText = element("span");
  #isDismissed = false;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #flash = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} aside where the guide goes once there are points, so that it covers nothing
   * @param {{ project: ProjectModel, selection: Selection, playback: Playback, run: RunModel,
   *   filters: FilterModel }} models
   */
  constructor(root, aside, models) {
    this.#models = models;
    this.#root = root;
    this.#aside = aside;
    const dismiss = button({
      icon: "close",
      label: "Hide the guide",
      class: "icon-button is-small",
      onClick: () => {
        this.#isDismissed = true;
        this.#update();
      },
    });
    this.#guide.append(this.#guideStep, element("span", { class: "guide-words" }, this.#guideTitle, this.#guideText), dismiss);
    this.#badge.append(icon("saving"), this.#badgeText);
    this.#mode.append(icon("new-point"), this.#modeText);
    root.append(this.#mode, this.#badge);
    this.#badge.hidden = true;
    this.#observe();
    this.#update();
  }

  /** A label was wanted on a picture that is not the wanted frame's. */
  flashBlocked() {
    this.#badge.classList.add("is-flashing");
    clearTimeout(this.#flash ?? undefined);
    this.#flash = setTimeout(() => this.#badge.classList.remove("is-flashing"), FLASH_MS);
    this.#showBadge();
  }

  #observe() {
    const { project, selection, playback, run, filters } = this.#models;
    const update = () => this.#update();
    for (const name of /** @type {const} */ (["opened", "labels", "points", "tracks", "history", "save"])) {
      project.on(name, update);
    }
    selection.on("mode", update);
    selection.on("point", update);
    run.on("run", update);
    run.on("compare", update);
    filters.on("compare", update);
    filters.on("open", update);
    playback.on("shown", () => this.#updateBadge());
    playback.on("frame", () => this.#updateBadge());
  }

  #update() {
    const { project } = this.#models;
    const hint = this.#hint();
    this.#guide.hidden = hint === null;
    const home = project.points.length === 0 ? this.#root : this.#aside;
    if (this.#guide.parentElement !== home) {
      home.append(this.#guide);
    }
    if (hint) {
      setText(this.#guideStep, `${hint.step} of 4`);
      setText(this.#guideTitle, hint.title);
      setText(this.#guideText, hint.text);
    }
    this.#updateMode();
  }

  /** @returns {import("../state/guide.js").GuideHint | null} */
  #hint() {
    const { project, selection, run, filters } = this.#models;
    if (this.#isDismissed || filters.isOpen) {
      return null;
    }
    return guideHint({
      nPoints: project.points.length,
      nLabels: project.labels.shown.size,
      nKeyframes: project.labels.shown.keyframes().length,
      hasTracks: project.tracks.size > 0,
      nRefined: run.run?.kind === "refine" || project.nRuns > 1 ? 1 : 0,
      isAdding: selection.isAdding,
      isRunning: run.isActive || run.run?.state === "failed",
      isReadOnly: project.isReadOnly,
    });
  }

  #updateMode() {
    const { selection, run, filters } = this.#models;
    const isBefore = run.isComparing || filters.isComparing;
    const before = filters.isComparing ? "Before the filter" : "Before the run";
    const text = isBefore ? before : selection.isAdding ? "New points: click to place. Esc when done" : "";
    this.#mode.hidden = text === "";
    setIcon(this.#mode, isBefore ? "compare" : "new-point");
    setText(this.#modeText, text);
  }

  #updateBadge() {
    const { playback } = this.#models;
    if (playback.isExact) {
      clearTimeout(this.#timer ?? undefined);
      this.#timer = null;
      this.#badge.hidden = true;
    } else if (!this.#badge.hidden) {
      this.#showBadge();
    } else {
      this.#timer ??= setTimeout(() => this.#showBadge(), PATIENCE_MS);
    }
  }

  #showBadge() {
    const { playback } = this.#models;
    this.#timer = null;
    if (playback.isExact || playback.isPlaying) {
      return;
    }
    const { frame, shown } = playback;
    const isOther = shown >= 0 && shown !== frame;
    setText(this.#badgeText, isOther ? `Preview: frame ${shown}. Frame ${frame} is loading…` : `Frame ${frame} is loading…`);
    this.#badge.hidden = false;
  }
}
