/**
 * Where the next labels pay most, best first, and how far the user has gone through them.
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
  #at = -1;
  /** Share of positions that are expected to be right; null without tracks. @type {number | null} */
  expectedShare = null;

  /** @returns {readonly SuggestedPlace[]} best first */
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
    this.#at = -1;
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

  /**
   * Go down or up the list; a label placed meanwhile starts it anew.
   *
   * @param {number} direction -1 or 1
   * @param {(key: PointKey) => boolean} isWanted
   * @returns {SuggestedPlace | null} null at the end of the list
   */
  step(direction, isWanted) {
    for (let at = this.#at + direction; at >= 0 && at < this.#places.length; at += direction) {
      const place = this.#places[at];
      if (place && isWanted(place.key)) {
        this.#at = at;
        return place;
      }
    }
    return null;
  }
}
