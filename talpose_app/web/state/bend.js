/**
 * The instant answer to a label: the track that was made without it, bent so that it passes through. Pure.
 *
 * The same arithmetic in the same order as `model/bend.py`, which says why; a test holds both to the same numbers,
 * bit for bit.
 *
 * @import { LabelState } from "../protocol/messages.js"
 */
import { PointTrack } from "./point_track.js";

/** A bend between two labels ends so many frames from the label, wherever the next one is. */
const REACH = 10;
/** Where no label follows, so many frames from the label half of a bend is left. */
const HALF_AFTER = 40;
/** A bend falls off where the track is in doubt: a frame without any counts as one with so much of it. */
const LEAST_DOUBT = 0.05;
/** How much of its weight a bend takes off the doubt beside the label. */
const RELIEF = 0.5;

/**
 * @param {PointTrack} track as made
 * @param {readonly LabelState[]} labels of its point, rising by frame
 * @returns {PointTrack} `track` itself if it passes through the labels already
 */
export function bent(track, labels) {
  const known = labels.filter(({ x, frame_idx: frame }) => x !== null && track.has(frame));
  const isNew = known.map((label) => isUnknown(track, label));
  if (!isNew.includes(true) && known.every((label) => track.visibility[label.frame_idx] === seenOf(label))) {
    return track;
  }
  const bending = new Bending(track, labels);
  known.forEach((label, at) => {
    if (isNew[at]) {
      bending.bend(label, known[at - 1]?.frame_idx ?? null, known[at + 1]?.frame_idx ?? null);
    }
  });
  return bending.pinned(known);
}

/**
 * @param {LabelState} label
 * @returns {number} 1 when visible
 */
function seenOf(label) {
  return Number(label.visibility === "visible");
}

/**
 * @param {PointTrack} track
 * @param {LabelState} label
 * @returns {boolean} whether the track was made without the label: elsewhere, or there by chance and not sure
 */
function isUnknown(track, { x, y, frame_idx: frame }) {
  const isThere = Math.fround(x ?? NaN) === track.x(frame) && Math.fround(y ?? NaN) === track.y(frame);
  return !isThere || track.confidence[frame] !== 1;
}

/**
 * @param {number} confidence a file may hold anything: what is no probability is none
 * @returns {number}
 */
function doubtOf(confidence) {
  return 1 - (confidence >= 0 ? Math.min(confidence, 1) : 0);
}

/** A track while it is bent. */
class Bending {
  #track;
  /** Absent labels end a stretch, as frames without a prediction do. @type {Set<number>} */
  #absent;
  #positions;
  #doubt;

  /**
   * @param {PointTrack} track
   * @param {readonly LabelState[]} labels
   */
  constructor(track, labels) {
    this.#track = track;
    this.#absent = new Set(labels.filter((label) => label.x === null).map((label) => label.frame_idx));
    this.#positions = Float64Array.from(track.positions);
    this.#doubt = Float64Array.from(track.confidence, doubtOf);
  }

  /**
   * Bend both sides of a label, up to its neighbors.
   *
   * @param {LabelState} label
   * @param {number | null} before frame of the label before
   * @param {number | null} after frame of the label after
   */
  bend({ x, y, frame_idx: frame }, before, after) {
    const miss = { x: (x ?? NaN) - this.#track.x(frame), y: (y ?? NaN) - this.#track.y(frame) };
    this.#bendSide(miss, frame, before, -1);
    this.#bendSide(miss, frame, after, 1);
  }

  /**
   * @param {{ x: number, y: number }} miss
   * @param {number} from frame of the label
   * @param {number | null} to frame of the next label on this side
   * @param {number} step -1 or 1
   */
  #bendSide(miss, from, to, step) {
    const end = this.#endOf(from, to, step);
    if (end !== to) {
      for (let away = 1; from + away * step !== end; away++) {
        this.#move(from + away * step, miss, HALF_AFTER / (HALF_AFTER + away));
      }
      return;
    }
    const weights = falloff(this.#track.confidence, from, to, step);
    weights.forEach((weight, i) => {
      const frame = from + (i + 1) * step;
      this.#move(frame, miss, weight);
      this.#doubt[frame] = (this.#doubt[frame] ?? NaN) * (1 - RELIEF * weight);
    });
  }

  /**
   * @param {number} from
   * @param {number | null} to
   * @param {number} step
   * @returns {number} `to`, or the first frame before it that ends the stretch
   */
  #endOf(from, to, step) {
    const last = to ?? (step > 0 ? this.#track.nFrames : -1);
    for (let frame = from; frame !== last; frame += step) {
      if (!this.#track.has(frame) || this.#absent.has(frame)) {
        return frame;
      }
    }
    return last;
  }

  /**
   * @param {number} frame
   * @param {{ x: number, y: number }} miss
   * @param {number} weight
   */
  #move(frame, miss, weight) {
    this.#positions[2 * frame] = (this.#positions[2 * frame] ?? NaN) + weight * miss.x;
    this.#positions[2 * frame + 1] = (this.#positions[2 * frame + 1] ?? NaN) + weight * miss.y;
  }

  /**
   * @param {readonly LabelState[]} known
   * @returns {PointTrack} the bent track, put onto its labels
   */
  pinned(known) {
    const { visibility, confidence } = this.#track;
    const surer = confidence.map((given, frame) => {
      const doubt = this.#doubt[frame] ?? NaN;
      return doubt === doubtOf(given) ? given : 1 - doubt;
    });
    const bentTrack = new PointTrack(Float32Array.from(this.#positions), visibility.slice(), surer);
    for (const label of known) {
      const frame = label.frame_idx;
      bentTrack.positions[2 * frame] = label.x ?? NaN;
      bentTrack.positions[2 * frame + 1] = label.y ?? NaN;
      bentTrack.visibility[frame] = seenOf(label);
      bentTrack.confidence[frame] = 1;
    }
    return bentTrack;
  }
}

/**
 * @param {Float32Array} confidence
 * @param {number} from frame of a label
 * @param {number} to frame of the next label on one side
 * @param {number} step towards it, -1 or 1
 * @returns {number[]} how much of the label's miss the frames beside it have, falling from just under 1
 */
function falloff(confidence, from, to, step) {
  /** @param {number} frame */
  const even = (frame) => doubtOf(confidence[frame] ?? NaN) + LEAST_DOUBT;
  const nNear = Math.min(Math.abs(to - from) - 1, REACH - 1);
  /** @type {number[]} */
  const walked = [];
  let sum = 0;
  for (let frame = from; frame !== to; frame += step) {
    sum += 0.5 * (even(frame + step) + even(frame));
    if (walked.length < nNear) {
      walked.push(sum);
    }
  }
  return walked.map((part, i) => Math.min(1 - part / sum, 1 - (i + 1) / REACH));
}
