/**
 * Puts points where there are none: new keypoints (NEW), the selected keypoint
 * where it has no place in this frame, or anywhere with Shift.
 *
 * @import { Ghost } from "../canvas/stage.js"
 * @import { Point } from "../geometry/point.js"
 * @import { PointKey } from "../state/point_key.js"
 * @import { Tool, ToolParts } from "./tool.js"
 */
import { HIT_REACH_ADDING_PX } from "../canvas/stage.js";
import { distance, isInside } from "../geometry/point.js";
import { nextUnplaced } from "../state/navigation.js";
import { BUTTON, CLICK_SLOP_PX, DOUBLE_CLICK_MS } from "./tool.js";

const NEW_COLOR = "#ffffff";

/** @implements {Tool} */
export class PlaceTool {
  #parts;
  /** @type {Point | null} */
  #start = null;
  /** Where a press that became a pan was last. @type {Point | null} */
  #last = null;
  /** Where keypoints were added a moment ago, or are not there to be hit yet. @type {{ at: Point, until: number }[]} */
  #added = [];

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
    if (event.button !== BUTTON.left || !this.#wouldPlace(at, event.shiftKey)) {
      return false;
    }
    this.#start = this.#isAddedAt(at) ? null : at;
    return true;
  }

  /**
   * The second press of a double click must not put another keypoint on the first.
   *
   * @param {Point} at
   * @returns {boolean}
   */
  #isAddedAt(at) {
    const now = performance.now();
    this.#added = this.#added.filter(({ until }) => until > now);
    return this.#parts.selection.isAdding && this.#added.some((one) => distance(one.at, at) <= HIT_REACH_ADDING_PX);
  }

  /** @param {Point} at a drag pans instead of placing */
  move(at) {
    if (this.#start && distance(at, this.#start) > CLICK_SLOP_PX) {
      this.#last = this.#start;
      this.#start = null;
    }
    if (this.#last) {
      this.#parts.stage.viewport.pan(at.x - this.#last.x, at.y - this.#last.y);
      this.#last = at;
    }
  }

  /** @param {Point} at */
  release(at) {
    const start = this.#start;
    this.cancel();
    if (start) {
      this.#place(start);
      this.hover(at, false);
    }
  }

  /** Forget the press. */
  cancel() {
    this.#start = null;
    this.#last = null;
  }

  /**
   * Show what a click here would place.
   *
   * @param {Point | null} at null when the pointer has left
   * @param {boolean} isShift
   */
  hover(at, isShift) {
    const { stage } = this.#parts;
    const isPlacing = at !== null && this.#wouldPlace(at, isShift);
    stage.element.classList.toggle("is-placing", isPlacing);
    const hadGhost = stage.ghost !== null;
    stage.ghost = isPlacing ? this.#ghostAt(at) : null;
    if (hadGhost || stage.ghost) {
      stage.invalidateOverlay();
    }
  }

  /**
   * @param {Point} at
   * @returns {Ghost | null}
   */
  #ghostAt(at) {
    const { stage, selection, project, playback } = this.#parts;
    if (selection.isAdding) {
      return { at, order: project.skeleton.keypoints.length, color: NEW_COLOR, name: "new keypoint" };
    }
    const info = project.point(selection.point);
    if (!info) {
      return null;
    }
    // Where the point is now, its name stands already.
    const isNamed = stage.scene.placed(info.key, playback.shown) !== null;
    return { at, order: info.order, color: info.keypoint.color, name: isNamed ? "" : info.keypoint.name };
  }

  /**
   * @param {Point} at
   * @param {boolean} isShift
   * @returns {boolean}
   */
  #wouldPlace(at, isShift) {
    const { stage, selection, project, playback } = this.#parts;
    const image = stage.viewport.transform.toImage(at);
    if (project.isReadOnly || !isInside(image, project.video?.width ?? 0, project.video?.height ?? 0)) {
      return false;
    }
    if (selection.isAdding) {
      return true;
    }
    const key = selection.point;
    return key !== null && (isShift || stage.scene.placed(key, playback.shown) === null);
  }

  /**
   * Place by the keyboard: in the middle of the view, to be nudged from there.
   *
   * @returns {boolean} whether there was a point to place
   */
  placeInView() {
    const { viewport } = this.#parts.stage;
    const at = { x: viewport.width / 2, y: viewport.height / 2 };
    if (!this.#wouldPlace(at, false)) {
      return false;
    }
    this.#place(at);
    return true;
  }

  /** @param {Point} at */
  #place(at) {
    const { stage, selection, project, playback, labeling, onBlocked } = this.#parts;
    if (!playback.isExact) {
      onBlocked();
      return;
    }
    const frame = playback.shown;
    const image = stage.viewport.transform.toImage(at);
    if (selection.isAdding) {
      void this.#addKeypoint(frame, image, at);
    } else if (selection.point !== null) {
      const wasPlaced = project.placedPoint(selection.point, frame) !== null;
      labeling.place(selection.point, frame, image);
      if (!wasPlaced) {
        this.#selectNext(selection.point, frame);
      }
    }
  }

  /**
   * @param {number} frame
   * @param {Point} image
   * @param {Point} at
   */
  async #addKeypoint(frame, image, at) {
    const { selection, labeling } = this.#parts;
    const added = { at, until: Infinity };
    this.#added.push(added);
    const key = await labeling.addKeypoint(selection.individualId, frame, image);
    added.until = performance.now() + DOUBLE_CLICK_MS;
    if (key !== null) {
      selection.point = key;
    }
  }

  /**
   * @param {PointKey} key
   * @param {number} frame
   */
  #selectNext(key, frame) {
    const { project, selection } = this.#parts;
    const keys = project.points
      .filter((info) => info.individual.individual_id === selection.individualId)
      .map((info) => info.key);
    selection.point = nextUnplaced(project, keys, key, frame) ?? key;
  }
}
