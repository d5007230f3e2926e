/**
 * A track squeezed into the columns of a timeline lane. Pure.
 *
 * @import { TimeAxis } from "../geometry/time_axis.js"
 * @import { PointTrack } from "./point_track.js"
 */

/**
 * The least confidence of the frames under every pixel column: a dip of one
 * frame stays visible in a video of ten thousand.
 *
 * @param {PointTrack} track
 * @param {TimeAxis} axis
 * @returns {Float32Array} one value per column, NaN where nothing is predicted
 */
export function confidenceColumns(track, axis) {
  const nColumns = Math.ceil(axis.width);
  const columns = new Float32Array(nColumns).fill(NaN);
  for (let column = 0; column < nColumns; column++) {
    const first = Math.floor(axis.first + column / axis.pixelsPerFrame);
    const stop = Math.max(first + 1, Math.floor(axis.first + (column + 1) / axis.pixelsPerFrame));
    columns[column] = leastConfidence(track, first, Math.min(stop, track.nFrames));
  }
  return columns;
}

/**
 * @param {PointTrack} track
 * @param {number} start
 * @param {number} stop
 * @returns {number} NaN when no frame has a prediction
 */
function leastConfidence(track, start, stop) {
  let least = NaN;
  for (let frame = start; frame < stop; frame++) {
    const value = track.confidence[frame] ?? 0;
    if (track.has(frame) && !(value >= least)) {
      least = value;
    }
  }
  return least;
}
