/**
 * The filter that is being tried on the tracks, and what it would make of them.
 *
 * @import { FilterPreview, FilterSettings, FilterState } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 * @import { ProjectModel } from "./project.js"
 * @import { Selection } from "./selection.js"
 *
 * @typedef {{ tracks: Map<PointKey, PointTrack>, nChanged: number, nPoints: number, meanPx: number | null,
 *   maxPx: number | null }} Preview `tracks`: of the points that would change
 */
import { toFloat32, toUint8 } from "../protocol/codec.js";
import { Emitter } from "./emitter.js";
import { pointKey, pointRef } from "./point_key.js";
import { PointTrack } from "./point_track.js";

/**
 * Emits `filters` (which there are), `open`, `settings`, `preview` and `compare`.
 *
 * @extends {Emitter<{ filters: null, open: null, settings: null, preview: null, compare: null }>}
 */
export class FilterModel extends Emitter {
  /** @type {FilterState[]} */
  #filters = [];
  #name = "";
  /** What the user has set, by filter. @type {Map<string, Record<string, number | null>>} */
  #values = new Map();
  #isOpen = false;
  #isForPoint = false;
  #isComparing = false;
  /** @type {Preview | null} */
  #preview = null;
  #isApplied = false;
  /** Why there is no preview, in words. */
  error = "";

  /** @returns {FilterState[]} */
  get filters() {
    return this.#filters;
  }

  set filters(filters) {
    this.#filters = filters;
    if (!filters.some(({ name }) => name === this.#name)) {
      this.#name = filters[0]?.name ?? "";
    }
    this.emit("filters", null);
  }

  /** @returns {FilterState | null} the chosen one */
  get filter() {
    return this.#filters.find(({ name }) => name === this.#name) ?? null;
  }

  /** @param {string} name */
  choose(name) {
    this.#name = name;
    this.emit("settings", null);
  }

  /** @returns {boolean} whether the user is trying filters */
  get isOpen() {
    return this.#isOpen;
  }

  set isOpen(isOpen) {
    if (isOpen !== this.#isOpen) {
      this.#isOpen = isOpen;
      this.#isApplied = false;
      this.emit("open", null);
      this.dropPreview();
    }
  }

  /** @returns {boolean} whether only the selected point is filtered */
  get isForPoint() {
    return this.#isForPoint;
  }

  set isForPoint(isForPoint) {
    this.#isForPoint = isForPoint;
    this.emit("settings", null);
  }

  /** @returns {boolean} whether the tracks are shown as they are, without the preview */
  get isComparing() {
    return this.#isComparing;
  }

  set isComparing(isComparing) {
    if (isComparing !== this.#isComparing && (this.#preview || !isComparing)) {
      this.#isComparing = isComparing;
      this.emit("compare", null);
    }
  }

  /**
   * @param {string} parameter
   * @returns {number | null} null: found by the filter, or no limit
   */
  value(parameter) {
    const own = this.#values.get(this.#name)?.[parameter];
    const known = this.filter?.parameters.find(({ name }) => name === parameter);
    return own === undefined ? (known?.default ?? null) : own;
  }

  /**
   * @param {string} parameter
   * @param {number | null} value
   */
  setValue(parameter, value) {
    this.#values.set(this.#name, { ...this.#values.get(this.#name), [parameter]: value });
    this.emit("settings", null);
  }

  /** All parameters of the chosen filter as they were. */
  reset() {
    this.#values.delete(this.#name);
    this.emit("settings", null);
  }

  /**
   * @param {Selection} selection
   * @returns {FilterSettings | null} null when there is nothing to ask for
   */
  settings({ point, range }) {
    const { filter } = this;
    if (!filter || (this.#isForPoint && point === null)) {
      return null;
    }
    return {
      name: filter.name,
      parameters: Object.fromEntries(filter.parameters.map(({ name }) => [name, this.value(name)])),
      points: this.#isForPoint && point !== null ? [pointRef(point)] : null,
      start: range?.start ?? null,
      stop: range?.stop ?? null,
    };
  }

  /** @returns {boolean} whether the filter has just been applied: nothing is tried until something changes */
  get isApplied() {
    return this.#isApplied;
  }

  set isApplied(isApplied) {
    this.#isApplied = isApplied;
    if (isApplied) {
      this.dropPreview();
    }
  }

  /** @returns {Preview | null} */
  get preview() {
    return this.#preview;
  }

  /**
   * @param {FilterPreview} reply
   * @param {ProjectModel} project whose tracks it was made from
   */
  showPreview(reply, project) {
    const block = {
      positions: toFloat32(reply.positions),
      visibility: toUint8(reply.visibility),
      confidence: toFloat32(reply.confidence),
    };
    /** @type {Map<PointKey, PointTrack>} */
    const tracks = new Map();
    reply.points.forEach((ref, column) => {
      const key = pointKey(ref);
      if (reply.n_changed[column]) {
        const track = project.tracks.get(key)?.clone() ?? PointTrack.empty(project.nFrames);
        track.writeColumn(reply.start, column, reply.points.length, block);
        tracks.set(key, track);
      }
    });
    const nChanged = reply.n_changed.reduce((sum, n) => sum + n, 0);
    this.error = "";
    this.#preview = { tracks, nChanged, nPoints: tracks.size, meanPx: reply.mean_px, maxPx: reply.max_px };
    this.emit("preview", null);
  }

  /** @param {string} error in words, "" when the preview is only out of date */
  dropPreview(error = "") {
    this.error = error;
    this.#preview = null;
    this.#isComparing = false;
    this.emit("preview", null);
  }
}
