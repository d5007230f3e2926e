/**
 * Takes hold of a point: a click selects it, a drag corrects it.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { PointKey } from "../state/point_key.js"
 * @import { Tool, ToolParts } from "./tool.js"
 */
import { distance } from "../geometry/point.js";
import { BUTTON, CLICK_SLOP_PX, DOUBLE_CLICK_MS } from "./tool.js";

/**
 * Held this long, a point is lifted: then the least move counts, since most corrections are small. A press that may
 * only be meant to select, or to confirm by a double click, has more time before a trembling hand makes a label.
 */
const LIFT_MS = { chosen: 150, other: 300 };
const LEAST_MOVE_PX = 1;

/** @implements {Tool} */
export class DragTool {
  #parts;
  /** @type {{ key: PointKey, frame: number, start: Point, at: Point, grip: Point } | null} */
  #held = null;
  #isDragging = false;
  #isLifted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lift;
  #lastPress = -Infinity;

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
    const isChosen = selection.point === key && performance.now() - this.#lastPress > DOUBLE_CLICK_MS;
    this.#lastPress = performance.now();
    selection.point = key;
    if (event.button === BUTTON.right) {
      this.#toggleOccluded(key);
      return true;
    }
    const placed = stage.scene.placed(key, playback.shown);
    const center = placed ? stage.viewport.transform.toScreen(placed) : at;
    this.#held = { key, frame: playback.shown, start: at, at, grip: { x: center.x - at.x, y: center.y - at.y } };
    this.#lift = setTimeout(() => this.#onLifted(), isChosen ? LIFT_MS.chosen : LIFT_MS.other);
    return true;
  }

  #onLifted() {
    this.#isLifted = true;
    if (this.#held) {
      this.move(this.#held.at);
    }
  }

  /** @param {Point} at */
  move(at) {
    const held = this.#held;
    if (!held || this.#parts.project.isReadOnly) {
      return;
    }
    held.at = at;
    const moved = distance(at, held.start);
    if (!this.#isDragging && (moved > CLICK_SLOP_PX || (this.#isLifted && moved >= LEAST_MOVE_PX))) {
      this.#begin();
    }
    if (this.#isDragging) {
      const { stage, labeling } = this.#parts;
      const target = stage.viewport.transform.toImage({ x: at.x + held.grip.x, y: at.y + held.grip.y });
      labeling.showDraft(held.key, held.frame, target);
      stage.invalidateOverlay();
    }
  }

  /** The drag becomes a label, unless it ends where it began. */
  release() {
    const held = this.#held;
    if (held && this.#isDragging && distance(held.at, held.start) >= LEAST_MOVE_PX) {
      this.#parts.labeling.keepDraft();
      this.#end();
    } else {
      this.cancel();
    }
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
    clearTimeout(this.#lift);
    this.#held = null;
    this.#isDragging = false;
    this.#isLifted = false;
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
