/**
 * What the user has chosen: a point, an individual, a range of frames.
 *
 * @import { PointKey } from "./point_key.js"
 *
 * @typedef {{ start: number, stop: number }} FrameRange half-open
 */
import { Emitter } from "./emitter.js";

/** @extends {Emitter<{ point: null, hover: null, range: null, mode: null, individual: null }>} */
export class Selection extends Emitter {
  /** @type {PointKey | null} */
  #point = null;
  /** @type {PointKey | null} */
  #hovered = null;
  /** @type {FrameRange | null} */
  #range = null;
  #isAdding = false;
  #individualId = 0;

  /** @returns {PointKey | null} */
  get point() {
    return this.#point;
  }

  set point(key) {
    if (key !== this.#point) {
      this.#point = key;
      this.emit("point", null);
    }
  }

  /** @returns {PointKey | null} the point under the pointer */
  get hovered() {
    return this.#hovered;
  }

  set hovered(key) {
    if (key !== this.#hovered) {
      this.#hovered = key;
      this.emit("hover", null);
    }
  }

  /** @returns {FrameRange | null} */
  get range() {
    return this.#range;
  }

  set range(range) {
    this.#range = range && range.stop > range.start ? range : null;
    this.emit("range", null);
  }

  /** @returns {boolean} whether a click makes a new keypoint */
  get isAdding() {
    return this.#isAdding;
  }

  set isAdding(isAdding) {
    if (isAdding !== this.#isAdding) {
      this.#isAdding = isAdding;
      this.emit("mode", null);
    }
  }

  /** @returns {number} the individual that new points belong to */
  get individualId() {
    return this.#individualId;
  }

  set individualId(id) {
    if (id !== this.#individualId) {
      this.#individualId = id;
      this.emit("individual", null);
    }
  }

  /** Another project: nothing is chosen. */
  clear() {
    this.point = null;
    this.hovered = null;
    this.range = null;
    this.isAdding = false;
  }
}
