/**
 * Hands pointer events to the tools, the first that wants a press first.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { Tool, ToolParts } from "./tool.js"
 */
import { DragTool } from "./drag_tool.js";
import { PanZoomTool } from "./pan_zoom_tool.js";
import { PlaceTool } from "./place_tool.js";
import { BUTTON } from "./tool.js";

/** Reports where the pointer is, in image pixels; null when it is elsewhere. */
/** @typedef {(at: Point | null) => void} OnPointer */

/** The tools of the canvas. */
export class ToolHost {
  #parts;
  #onPointer;
  #panZoom;
  #drag;
  #place;
  /** @type {Tool | null} */
  #active = null;
  /** @type {Point | null} */
  #at = null;

  /**
   * @param {ToolParts} parts
   * @param {OnPointer} onPointer
   */
  constructor(parts, onPointer) {
    this.#parts = parts;
    this.#onPointer = onPointer;
    this.#panZoom = new PanZoomTool(parts);
    this.#drag = new DragTool(parts);
    this.#place = new PlaceTool(parts);
    this.#listen(parts.stage.element);
    parts.selection.on("mode", () => this.#hover(false));
    parts.selection.on("point", () => this.#hover(false));
    parts.playback.on("shown", () => this.#hover(false));
  }

  /** @returns {boolean} whether Space was used to pan, so that its release is no "play" */
  get hasPanned() {
    return this.#panZoom.hasPanned;
  }

  /** @param {boolean} isHeld */
  holdSpace(isHeld) {
    this.#panZoom.isSpaceHeld = isHeld;
    this.#panZoom.hasPanned = false;
    this.#parts.stage.element.classList.toggle("is-pan-ready", isHeld);
  }

  /** @returns {boolean} whether the keyboard has placed a point in the middle of the view */
  placeInView() {
    return this.#place.placeInView();
  }

  /** @returns {boolean} whether something was going on */
  cancel() {
    const wasActive = this.#active !== null;
    this.#active?.cancel();
    this.#active = null;
    return wasActive;
  }

  /** @param {HTMLElement} element */
  #listen(element) {
    element.addEventListener("pointerdown", (event) => this.#onDown(event));
    element.addEventListener("pointermove", (event) => this.#onMove(event));
    element.addEventListener("pointerup", (event) => this.#onUp(event));
    element.addEventListener("pointercancel", () => this.cancel());
    element.addEventListener("pointerleave", () => this.#onLeave());
    element.addEventListener("contextmenu", (event) => event.preventDefault());
    element.addEventListener("dblclick", (event) => this.#onDoubleClick(event));
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (this.#active) {
      return;
    }
    const { stage } = this.#parts;
    stage.element.focus({ preventScroll: true });
    const at = stage.locate(event);
    const mustPan = event.button === BUTTON.middle || this.#panZoom.isSpaceHeld;
    const order = event.shiftKey ? [this.#place, this.#drag] : [this.#drag, this.#place];
    const tools = mustPan ? [this.#panZoom] : [...order, this.#panZoom];
    this.#active = tools.find((tool) => tool.press(at, event)) ?? null;
    if (this.#active) {
      event.preventDefault();
      stage.element.setPointerCapture(event.pointerId);
    }
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const { stage } = this.#parts;
    this.#at = stage.locate(event);
    this.#onPointer(stage.viewport.transform.toImage(this.#at));
    if (this.#active) {
      this.#active.move(this.#at, event);
    } else {
      this.#hover(event.shiftKey);
    }
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    const active = this.#active;
    this.#active = null;
    active?.release(this.#parts.stage.locate(event), event);
    this.#hover(event.shiftKey);
  }

  #onLeave() {
    if (!this.#active) {
      this.#at = null;
      this.#parts.selection.hovered = null;
      this.#place.hover(null, false);
    }
    this.#onPointer(null);
  }

  /** @param {MouseEvent} event */
  #onDoubleClick(event) {
    const { stage, playback, labeling, selection } = this.#parts;
    const key = selection.isAdding ? null : stage.hit(stage.locate(event));
    if (key !== null && playback.isExact) {
      labeling.accept(key, playback.shown);
    }
  }

  /** @param {boolean} isShift */
  #hover(isShift) {
    const { stage, selection } = this.#parts;
    if (this.#active || !this.#at) {
      return;
    }
    const key = isShift ? null : stage.hit(this.#at);
    selection.hovered = key;
    stage.element.classList.toggle("is-over-point", key !== null);
    this.#place.hover(key === null ? this.#at : null, isShift);
  }
}
