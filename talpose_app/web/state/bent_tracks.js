/**
 * Tracks as they are shown: as made, and bent through the labels, each worked out when it is asked for.
 *
 * @import { LabelState } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 * @import { PointTrack } from "./point_track.js"
 *
 * @typedef {{ readonly size: number, has: (key: PointKey) => boolean,
 *   get: (key: PointKey) => PointTrack | undefined } & Iterable<[PointKey, PointTrack]>} Tracks
 * @typedef {{ made: PointTrack, version: number, labels: readonly LabelState[], shown: PointTrack }} Kept
 */
import { bent } from "./bend.js";

/** @implements {Iterable<[PointKey, PointTrack]>} */
export class BentTracks {
  #made;
  #labelsOf;
  /** @type {Map<PointKey, Kept>} */
  #kept = new Map();

  /**
   * @param {ReadonlyMap<PointKey, PointTrack>} made may change
   * @param {(key: PointKey) => readonly LabelState[]} labelsOf a point's labels, rising by frame; another list as
   *   soon as one of them is another
   */
  constructor(made, labelsOf) {
    this.#made = made;
    this.#labelsOf = labelsOf;
  }

  /** @returns {number} */
  get size() {
    return this.#made.size;
  }

  /**
   * @param {PointKey} key
   * @returns {boolean}
   */
  has(key) {
    return this.#made.has(key);
  }

  /**
   * @param {PointKey} key
   * @returns {PointTrack | undefined} the same one until the track or the labels change
   */
  get(key) {
    const made = this.#made.get(key);
    if (!made) {
      return undefined;
    }
    const labels = this.#labelsOf(key);
    const kept = this.#kept.get(key);
    if (kept && kept.made === made && kept.version === made.version && kept.labels === labels) {
      return kept.shown;
    }
    const shown = bent(made, labels);
    this.#kept.set(key, { made, version: made.version, labels, shown });
    return shown;
  }

  /** @returns {IterableIterator<[PointKey, PointTrack]>} */
  *[Symbol.iterator]() {
    for (const key of this.#made.keys()) {
      const track = this.get(key);
      if (track) {
        yield [key, track];
      }
    }
  }
}
