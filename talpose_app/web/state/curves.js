/**
 * One point over time as curves: x, y and speed. Pure.
 *
 * @import { LabelState } from "../protocol/messages.js"
 * @import { TimeAxis } from "../geometry/time_axis.js"
 * @import { PointTrack } from "./point_track.js"
 *
 * @typedef {{ x: Float32Array, y: Float32Array, speed: Float32Array }} Curves one value a frame, NaN where there is
 *   none: pixels, pixels, pixels a second
 * @typedef {{ low: number, high: number }} Extent
 */

/**
 * @param {PointTrack | null} track
 * @param {{ frame: number, label: LabelState }[]} labels of the point; they stand over the track
 * @param {ArrayLike<number>} times presentation time of every frame, seconds
 * @returns {Curves}
 */
export function curvesOf(track, labels, times) {
  const nFrames = times.length;
  const x = new Float32Array(nFrames).fill(NaN);
  const y = new Float32Array(nFrames).fill(NaN);
  for (let frame = 0; track && frame < nFrames; frame++) {
    x[frame] = track.x(frame);
    y[frame] = track.y(frame);
  }
  for (const { frame, label } of labels) {
    x[frame] = label.x ?? NaN;
    y[frame] = label.y ?? NaN;
  }
  return { x, y, speed: speedOf(x, y, times) };
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {ArrayLike<number>} times
 * @returns {Float32Array} from the frame before to each frame
 */
function speedOf(x, y, times) {
  const speed = new Float32Array(x.length).fill(NaN);
  for (let frame = 1; frame < x.length; frame++) {
    const dx = (x[frame] ?? NaN) - (x[frame - 1] ?? NaN);
    const dy = (y[frame] ?? NaN) - (y[frame - 1] ?? NaN);
    speed[frame] = Math.hypot(dx, dy) / ((times[frame] ?? NaN) - (times[frame - 1] ?? NaN));
  }
  return speed;
}

/**
 * @param {Float32Array[]} series
 * @param {TimeAxis} axis
 * @returns {Extent | null} least and greatest value in the frames on the axis, null when there is none
 */
export function extentOf(series, axis) {
  let low = Infinity;
  let high = -Infinity;
  const stop = Math.ceil(axis.first + axis.nVisible);
  for (const values of series) {
    for (let frame = Math.max(0, Math.floor(axis.first)); frame < Math.min(stop, values.length); frame++) {
      const value = values[frame] ?? NaN;
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
  }
  return high >= low ? { low, high } : null;
}

/**
 * The line to draw: a point a frame, or where many frames share a pixel column the least and the greatest value of
 * each, so that no spike is lost.
 *
 * @param {Float32Array} values
 * @param {TimeAxis} axis
 * @returns {{ x: number, value: number }[][]} pieces without a gap; x: pixels on the axis
 */
export function polylines(values, axis) {
  /** @type {{ x: number, value: number }[][]} */
  const pieces = [];
  let isOpen = false;
  const perColumn = Math.max(1, Math.floor(1 / axis.pixelsPerFrame));
  const start = Math.max(0, Math.floor(axis.first) - 1);
  const stop = Math.min(values.length, Math.ceil(axis.first + axis.nVisible) + 1);
  for (let frame = start - (start % perColumn); frame < stop; frame += perColumn) {
    const [low, high] = extremes(values, frame, Math.min(frame + perColumn, stop));
    if (Number.isNaN(low)) {
      isOpen = false;
      continue;
    }
    if (!isOpen) {
      pieces.push([]);
      isOpen = true;
    }
    const x = axis.toX(frame + (perColumn - 1) / 2);
    pieces.at(-1)?.push({ x, value: low }, ...(high > low ? [{ x, value: high }] : []));
  }
  return pieces;
}

/**
 * @param {Float32Array} values
 * @param {number} start
 * @param {number} stop
 * @returns {[low: number, high: number]} NaN when there is no value
 */
function extremes(values, start, stop) {
  let low = NaN;
  let high = NaN;
  for (let frame = start; frame < stop; frame++) {
    const value = values[frame] ?? NaN;
    if (!Number.isNaN(value)) {
      low = value >= low ? low : value;
      high = value <= high ? high : value;
    }
  }
  return [low, high];
}
