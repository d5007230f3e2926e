/**
 * Moves the picture: wheel, middle button, Space-drag, drag on an empty place.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { Tool, ToolParts } from "./tool.js"
 */
import { distance } from "../geometry/point.js";
import { BUTTON, CLICK_SLOP_PX } from "./tool.js";

/** One notch of a wheel (100 to 120 units) zooms by about a fifth. */
const ZOOM_PER_UNIT = 0.0017;
/** Wheels that count lines or pages: units per line, per page. */
const UNITS = [1, 33, 400];

/** @implements {Tool} */
export class PanZoomTool {
  /** Held: a drag with the left button pans from anywhere. */
  isSpaceHeld = false;
  /** Set by a pan, read by who would take the release of Space for a click. */
  hasPanned = false;
  #stage;
  #selection;
  /** @type {Point | null} */
  #start = null;
  /** @type {Point} */
  #last = { x: 0, y: 0 };

  /** @param {ToolParts} parts */
  constructor({ stage, selection }) {
    this.#stage = stage;
    this.#selection = selection;
    stage.element.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
  }

  /**
   * @param {Point} at
   * @param {PointerEvent} event
   * @returns {boolean}
   */
  press(at, event) {
    if (event.button !== BUTTON.middle && event.button !== BUTTON.left) {
      return false;
    }
    this.#start = at;
    this.#last = at;
    this.#stage.element.classList.add("is-panning");
    return true;
  }

  /** @param {Point} at */
  move(at) {
    if (this.#start && (this.hasPanned || distance(at, this.#start) > CLICK_SLOP_PX)) {
      this.hasPanned = true;
      this.#stage.viewport.pan(at.x - this.#last.x, at.y - this.#last.y);
      this.#last = at;
    }
  }

  /**
   * @param {Point} _at
   * @param {PointerEvent} event
   */
  release(_at, event) {
    const isClick = this.#start !== null && !this.hasPanned && event.button === BUTTON.left && !this.isSpaceHeld;
    if (isClick) {
      this.#selection.point = null;
    }
    this.cancel();
  }

  /** Stop panning. */
  cancel() {
    this.#start = null;
    if (!this.isSpaceHeld) {
      this.hasPanned = false;
    }
    this.#stage.element.classList.remove("is-panning");
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    event.preventDefault();
    const units = event.deltaY * (UNITS[event.deltaMode] ?? 1);
    // A pinch on a touchpad arrives as a wheel with Ctrl, in much smaller units.
    const gain = event.ctrlKey ? 5 : 1;
    this.#stage.viewport.zoomAt(this.#stage.locate(event), Math.exp(-units * gain * ZOOM_PER_UNIT));
  }
}
