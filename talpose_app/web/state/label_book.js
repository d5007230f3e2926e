/**
 * Labels by point and frame.
 *
 * @import { LabelPlace, LabelState } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 */
import { pointKey } from "./point_key.js";

/** A set of labels with at most one per point and frame. */
export class LabelBook {
  /** @type {Map<PointKey, Map<number, LabelState>>} */
  #byPoint = new Map();
  /** @type {Map<PointKey, number[]>} */
  #frames = new Map();
  /** @type {Map<PointKey, LabelState[]>} */
  #lists = new Map();
  /** @type {number[] | null} */
  #keyframes = null;
  #size = 0;

  /** @param {LabelState} label */
  set(label) {
    const key = pointKey(label);
    let labels = this.#byPoint.get(key);
    if (!labels) {
      labels = new Map();
      this.#byPoint.set(key, labels);
    }
    if (!labels.has(label.frame_idx)) {
      this.#size += 1;
      this.#forget(key);
    }
    labels.set(label.frame_idx, label);
    this.#lists.delete(key);
  }

  /** @param {LabelPlace} place */
  delete(place) {
    const key = pointKey(place);
    if (this.#byPoint.get(key)?.delete(place.frame_idx)) {
      this.#size -= 1;
      this.#forget(key);
    }
  }

  /** @param {PointKey} key whose frames have changed */
  #forget(key) {
    this.#frames.delete(key);
    this.#lists.delete(key);
    this.#keyframes = null;
  }

  /**
   * @param {PointKey} key
   * @param {number} frameIdx
   * @returns {LabelState | null}
   */
  get(key, frameIdx) {
    return this.#byPoint.get(key)?.get(frameIdx) ?? null;
  }

  /**
   * @param {PointKey} key
   * @returns {readonly number[]} frames with a label, rising
   */
  frames(key) {
    let frames = this.#frames.get(key);
    if (!frames) {
      frames = [...(this.#byPoint.get(key)?.keys() ?? [])].sort((a, b) => a - b);
      this.#frames.set(key, frames);
    }
    return frames;
  }

  /**
   * @param {PointKey} key
   * @returns {readonly LabelState[]} rising by frame; another list as soon as one of them is another
   */
  list(key) {
    let labels = this.#lists.get(key);
    if (!labels) {
      labels = this.frames(key).flatMap((frame) => this.get(key, frame) ?? []);
      this.#lists.set(key, labels);
    }
    return labels;
  }

  /**
   * @param {PointKey} key
   * @returns {number}
   */
  count(key) {
    return this.#byPoint.get(key)?.size ?? 0;
  }

  /** @returns {number} */
  get size() {
    return this.#size;
  }

  /** @returns {readonly number[]} frames with any label, rising */
  keyframes() {
    if (!this.#keyframes) {
      const frames = new Set([...this.#byPoint.values()].flatMap((labels) => [...labels.keys()]));
      this.#keyframes = [...frames].sort((a, b) => a - b);
    }
    return this.#keyframes;
  }
}
