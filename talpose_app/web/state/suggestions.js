/**
 * The frames where labels pay most, best first, with the points that need them most, and how far the user has gone
 * through them.
 *
 * @import { Suggestions } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 *
 * @typedef {{ key: PointKey, frame: number, gain: number }} SuggestedPlace
 */
import { Emitter } from "./emitter.js";
import { pointKey } from "./point_key.js";

/** @extends {Emitter<{ change: null }>} */
export class SuggestionModel extends Emitter {
  /** @type {SuggestedPlace[]} */
  #places = [];
  /** @type {Map<PointKey, number[]>} */
  #frames = new Map();
  /** The frame gone to last. @type {number | null} */
  #at = null;
  /** Share of positions that are expected to be right; null without tracks. @type {number | null} */
  expectedShare = null;

  /** @returns {readonly SuggestedPlace[]} best frame first, and of each frame the best point first */
  get places() {
    return this.#places;
  }

  /** @param {Suggestions} reply */
  load(reply) {
    this.#places = reply.places.map((place) => ({ key: pointKey(place), frame: place.frame_idx, gain: place.gain }));
    this.#frames = new Map();
    for (const { key, frame } of this.#places) {
      this.#frames.set(key, [...(this.#frames.get(key) ?? []), frame]);
    }
    this.#at = null;
    this.expectedShare = reply.expected_share;
    this.emit("change", null);
  }

  /** There are no tracks, or they are being made. */
  clear() {
    this.load({ type: "suggestions", id: 0, places: [], expected_share: null });
  }

  /**
   * @param {PointKey} key
   * @returns {readonly number[]} frames where a label of the point would pay
   */
  framesOf(key) {
    return this.#frames.get(key) ?? [];
  }

  /** @returns {number} positions that looking at the best frame is expected to put right */
  get bestGain() {
    const first = this.#places[0];
    return this.#places.filter(({ frame }) => frame === first?.frame).reduce((sum, { gain }) => sum + gain, 0);
  }

  /**
   * Go down or up the list, frame by frame; a label placed meanwhile starts it anew.
   *
   * @param {number} direction -1 or 1
   * @param {(key: PointKey) => boolean} isWanted
   * @returns {SuggestedPlace | null} a frame's best point; null at the end of the list
   */
  step(direction, isWanted) {
    const wanted = this.#places.filter((place) => isWanted(place.key));
    const frames = [...new Set(wanted.map(({ frame }) => frame))];
    const at = (this.#at === null ? -1 : frames.indexOf(this.#at)) + direction;
    const frame = frames[at];
    const place = wanted.find((one) => one.frame === frame);
    if (frame === undefined || !place) {
      return null;
    }
    this.#at = frame;
    return place;
  }
}
