/**
 * The predictions of one point over the whole video, in typed arrays.
 *
 * @import { TrackState } from "../protocol/messages.js"
 */
import { toFloat32, toUint8 } from "../protocol/codec.js";

/** Below this a prediction is doubtful: drawn hollow, found by "next doubtful". */
export const DOUBTFUL_CONFIDENCE = 0.5;

/** Missing frames hold NaN positions. */
export class PointTrack {
  /**
   * @param {Float32Array} positions (n_frames, 2), image pixels
   * @param {Uint8Array} visibility (n_frames,)
   * @param {Float32Array} confidence (n_frames,), 0 to 1
   */
  constructor(positions, visibility, confidence) {
    this.positions = positions;
    this.visibility = visibility;
    this.confidence = confidence;
    /** Counts changes, so that what is derived can be kept. */
    this.version = 0;
  }

  /**
   * @param {number} nFrames
   * @returns {PointTrack}
   */
  static empty(nFrames) {
    return new PointTrack(
      new Float32Array(2 * nFrames).fill(NaN),
      new Uint8Array(nFrames),
      new Float32Array(nFrames),
    );
  }

  /**
   * @param {TrackState} state
   * @returns {PointTrack}
   */
  static fromState(state) {
    return new PointTrack(toFloat32(state.positions), toUint8(state.visibility), toFloat32(state.confidence));
  }

  /** @returns {number} */
  get nFrames() {
    return this.visibility.length;
  }

  /** @returns {PointTrack} */
  clone() {
    return new PointTrack(this.positions.slice(), this.visibility.slice(), this.confidence.slice());
  }

  /**
   * @param {number} frameIdx
   * @returns {boolean} whether there is a prediction
   */
  has(frameIdx) {
    return Number.isFinite(this.positions[2 * frameIdx]);
  }

  /**
   * @param {number} frameIdx
   * @returns {number} image pixels, NaN when missing
   */
  x(frameIdx) {
    return this.positions[2 * frameIdx] ?? NaN;
  }

  /**
   * @param {number} frameIdx
   * @returns {number} image pixels, NaN when missing
   */
  y(frameIdx) {
    return this.positions[2 * frameIdx + 1] ?? NaN;
  }

  /** @returns {number} mean over the predicted frames, NaN when there are none */
  meanConfidence() {
    let sum = 0;
    let count = 0;
    for (let frame = 0; frame < this.nFrames; frame++) {
      if (this.has(frame)) {
        sum += this.confidence[frame] ?? 0;
        count += 1;
      }
    }
    return sum / count;
  }

  /**
   * Take over one column of a block of many points.
   *
   * @param {number} start first frame
   * @param {number} column which point of the block
   * @param {number} nPoints points in the block
   * @param {{ positions: Float32Array, visibility: Uint8Array, confidence: Float32Array }} block
   */
  writeColumn(start, column, nPoints, block) {
    const nSpan = block.visibility.length / nPoints;
    for (let i = 0; i < nSpan; i++) {
      const from = i * nPoints + column;
      const to = start + i;
      this.positions[2 * to] = block.positions[2 * from] ?? NaN;
      this.positions[2 * to + 1] = block.positions[2 * from + 1] ?? NaN;
      this.visibility[to] = block.visibility[from] ?? 0;
      this.confidence[to] = block.confidence[from] ?? 0;
    }
    this.version += 1;
  }
}
