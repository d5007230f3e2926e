/**
 * Takes hold of a point: a click selects it, a drag corrects it.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { PointKey } from "../state/point_key.js"
 * @import { Tool, ToolParts } from "./tool.js"
 */
import { distance } from "../geometry/point.js";
import { BUTTON, CLICK_SLOP_PX } from "./tool.js";

/** @implements {Tool} */
export class DragTool {
  #parts;
  /** @type {{ key: PointKey, frame: number, start: Point, grip: Point } | null} */
  #held = null;
  #isDragging = false;

  /** @param {ToolParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {Point} at
   * @param {PointerEvent} event
   * @returns {boolean}
   */
  press(at, event) {
    const { stage, selection, playback, labeling } = this.#parts;
    const key = event.button === BUTTON.left || event.button === BUTTON.right ? stage.hit(at) : null;
    if (key === null) {
      return false;
    }
    labeling.finishNudge();
    playback.pause();
    selection.point = key;
    if (event.button === BUTTON.right) {
      this.#toggleOccluded(key);
      return true;
    }
    const placed = stage.scene.placed(key, playback.shown);
    const center = placed ? stage.viewport.transform.toScreen(placed) : at;
    this.#held = { key, frame: playback.shown, start: at, grip: { x: center.x - at.x, y: center.y - at.y } };
    return true;
  }

  /** @param {Point} at */
  move(at) {
    const held = this.#held;
    if (!held || this.#parts.project.isReadOnly) {
      return;
    }
    if (!this.#isDragging && distance(at, held.start) > CLICK_SLOP_PX) {
      this.#begin();
    }
    if (this.#isDragging) {
      const { stage, labeling } = this.#parts;
      const target = stage.viewport.transform.toImage({ x: at.x + held.grip.x, y: at.y + held.grip.y });
      labeling.showDraft(held.key, held.frame, target);
      stage.invalidateOverlay();
    }
  }

  /** The drag becomes a label. */
  release() {
    if (this.#isDragging) {
      this.#parts.labeling.keepDraft();
    }
    this.#end();
  }

  /** The point goes back to where it was. */
  cancel() {
    if (this.#isDragging) {
      this.#parts.labeling.dropDraft();
    }
    this.#end();
  }

  #begin() {
    const { stage, playback, onBlocked } = this.#parts;
    if (!playback.isExact) {
      this.#held = null;
      onBlocked();
      return;
    }
    this.#isDragging = true;
    stage.dragged = this.#held?.key ?? null;
    stage.element.classList.add("is-dragging");
  }

  #end() {
    const { stage } = this.#parts;
    this.#held = null;
    this.#isDragging = false;
    stage.dragged = null;
    stage.element.classList.remove("is-dragging");
    stage.invalidateOverlay();
  }

  /** @param {PointKey} key */
  #toggleOccluded(key) {
    const { playback, labeling, onBlocked } = this.#parts;
    if (playback.isExact) {
      labeling.toggleOccluded(key, playback.shown);
    } else {
      onBlocked();
    }
  }
}
