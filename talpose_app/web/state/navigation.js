/**
 * Which frame comes next. Pure.
 *
 * @import { PointKey } from "./point_key.js"
 * @import { PointTrack } from "./point_track.js"
 * @import { ProjectModel } from "./project.js"
 */
import { DOUBTFUL_CONFIDENCE } from "./point_track.js";

/**
 * The nearest of the rising frames beyond `current`.
 *
 * @param {readonly number[]} frames rising
 * @param {number} current
 * @param {number} direction -1 or 1
 * @returns {number | null}
 */
export function nextIn(frames, current, direction) {
  if (direction > 0) {
    return frames.find((frame) => frame > current) ?? null;
  }
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i];
    if (frame !== undefined && frame < current) {
      return frame;
    }
  }
  return null;
}

/**
 * Frames where a doubtful stretch of the track begins or is at its worst: one
 * frame per stretch, the least confident, labeled frames left out.
 *
 * @param {PointTrack} track
 * @param {readonly number[]} labeledFrames
 * @returns {number[]} rising
 */
export function doubtfulFrames(track, labeledFrames) {
  const labeled = new Set(labeledFrames);
  const frames = [];
  let worst = -1;
  for (let frame = 0; frame <= track.nFrames; frame++) {
    if (isDoubtful(track, frame, labeled)) {
      if (worst < 0 || confidenceAt(track, frame) < confidenceAt(track, worst)) {
        worst = frame;
      }
    } else if (worst >= 0) {
      frames.push(worst);
      worst = -1;
    }
  }
  return frames;
}

/**
 * @param {PointTrack} track
 * @param {number} frame
 * @param {Set<number>} labeled
 * @returns {boolean}
 */
function isDoubtful(track, frame, labeled) {
  return (
    frame < track.nFrames && track.has(frame) && !labeled.has(frame) && confidenceAt(track, frame) < DOUBTFUL_CONFIDENCE
  );
}

/**
 * @param {PointTrack} track
 * @param {number} frame
 * @returns {number}
 */
function confidenceAt(track, frame) {
  return track.confidence[frame] ?? 0;
}

/**
 * The next doubtful place of any of the points.
 *
 * @param {ProjectModel} project
 * @param {readonly PointKey[]} keys
 * @param {number} current
 * @param {number} direction -1 or 1
 * @returns {{ key: PointKey, frame: number } | null}
 */
export function nextDoubtful(project, keys, current, direction) {
  /** @type {{ key: PointKey, frame: number } | null} */
  let best = null;
  for (const key of keys) {
    const track = project.tracks.get(key);
    if (!track) {
      continue;
    }
    const frame = nextIn(doubtfulFrames(track, project.labels.shown.frames(key)), current, direction);
    if (frame !== null && (best === null || (frame - best.frame) * direction < 0)) {
      best = { key, frame };
    }
  }
  return best;
}

/**
 * The next point after `key` in the list that has no place in the frame yet.
 *
 * @param {ProjectModel} project
 * @param {readonly PointKey[]} keys
 * @param {PointKey | null} key
 * @param {number} frameIdx
 * @returns {PointKey | null}
 */
export function nextUnplaced(project, keys, key, frameIdx) {
  const at = key === null ? -1 : keys.indexOf(key);
  for (let i = 1; i <= keys.length; i++) {
    const candidate = keys[(at + i) % keys.length];
    if (candidate !== undefined && !project.labelAt(candidate, frameIdx) && !project.tracks.get(candidate)?.has(frameIdx)) {
      return candidate;
    }
  }
  return null;
}
