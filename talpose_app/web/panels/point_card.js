/**
 * The selected point in the present frame: what it is, where it is, what can be done.
 *
 * @import { LabelState } from "../protocol/messages.js"
 * @import { ActionId } from "../state/keymap.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PlacedPoint, ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 */
import { DOUBTFUL_CONFIDENCE } from "../state/point_track.js";
import { titleWithKey } from "../state/keymap.js";
import { button, element, icon, setIcon, setText } from "./element.js";

/** The card below the list of keypoints. */
export class PointCard {
  #models;
  #node = element("section", { class: "point-card", attributes: { "aria-label": "Selected point" } });
  #name = element("h3", { class: "point-card-name" });
  #state = element("span", { class: "point-state" });
  #stateText = element("span");
  #where = element("span", { class: "point-where" });
  #occluded;
  #absent;
  #delete;
  #accept;

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, selection: Selection, playback: Playback }} models
   * @param {(id: ActionId) => void} act
   */
  constructor(root, models, act) {
    this.#models = models;
    this.#state.append(icon("state-predicted"), this.#stateText);
    this.#accept = this.#tool("check", "accept", act);
    this.#occluded = this.#tool("state-occluded", "occluded", act);
    this.#absent = this.#tool("state-absent", "absent", act);
    this.#delete = this.#tool("trash", "delete_label", act);
    const tools = element("div", { class: "point-card-tools" }, this.#accept, this.#occluded, this.#absent, this.#delete);
    this.#node.append(
      element("div", { class: "point-card-row" }, this.#name, tools),
      element("div", { class: "point-card-row" }, this.#state, this.#where),
    );
    root.append(this.#node);
    this.#observe();
  }

  #observe() {
    const { project, selection, playback } = this.#models;
    const update = () => this.update();
    for (const name of /** @type {const} */ (["opened", "labels", "points", "tracks", "tried", "save"])) {
      project.on(name, update);
    }
    selection.on("point", update);
    playback.on("shown", update);
  }

  /** Show the present state. */
  update() {
    const { project, selection, playback } = this.#models;
    const info = project.point(selection.point);
    this.#node.hidden = info === null;
    if (!info) {
      return;
    }
    const placed = project.placedPoint(info.key, playback.shown);
    const label = project.labelAt(info.key, playback.shown);
    setText(this.#name, info.keypoint.name);
    const isThere = placed !== null && label?.visibility !== "absent";
    setText(this.#where, isThere ? `${placed.x.toFixed(1)}, ${placed.y.toFixed(1)}` : "");
    const look = lookOf(placed, label?.visibility === "absent");
    setIcon(this.#state, look.icon);
    setText(this.#stateText, look.text);
    this.#updateTools({ isThere, isPredicted: placed !== null && !placed.isLabel, label });
  }

  /** @param {{ isThere: boolean, isPredicted: boolean, label: LabelState | null }} point */
  #updateTools({ isThere, isPredicted, label }) {
    const isLocked = this.#models.project.isReadOnly;
    this.#accept.disabled = isLocked || !isPredicted;
    this.#occluded.disabled = isLocked || !isThere;
    this.#occluded.setAttribute("aria-pressed", String(label?.visibility === "occluded"));
    this.#absent.disabled = isLocked;
    this.#absent.setAttribute("aria-pressed", String(label?.visibility === "absent"));
    this.#delete.disabled = isLocked || label === null;
  }

  /**
   * @param {string} iconName
   * @param {ActionId} id
   * @param {(id: ActionId) => void} act
   * @returns {HTMLButtonElement}
   */
  #tool(iconName, id, act) {
    return button({ icon: iconName, label: titleWithKey(id), class: "icon-button is-small", onClick: () => act(id) });
  }
}

/**
 * @param {PlacedPoint | null} placed
 * @param {boolean} isAbsent
 * @returns {{ icon: string, text: string }}
 */
function lookOf(placed, isAbsent) {
  if (isAbsent) {
    return { icon: "state-absent", text: "Absent" };
  }
  if (!placed) {
    return { icon: "state-predicted", text: "Click to place" };
  }
  if (placed.isLabel) {
    return placed.visibility === "occluded"
      ? { icon: "state-occluded", text: "Occluded" }
      : { icon: "state-visible", text: "Label" };
  }
  const percent = `${Math.round(placed.confidence * 100)} %`;
  return placed.confidence < DOUBTFUL_CONFIDENCE
    ? { icon: "state-doubtful", text: `Doubtful ${percent}` }
    : { icon: "state-predicted", text: `Predicted ${percent}` };
}
