/**
 * Frames along a line of pixels: the mathematics of the timeline. Pure.
 * A frame is a cell of width `pixelsPerFrame`; its middle is where it is drawn.
 */
import { clamp } from "./point.js";

/** A frame wider than this gains nothing. */
const MAX_PIXELS_PER_FRAME = 40;
/** Two ruler numbers closer than this run into each other. */
const MIN_TICK_DISTANCE_PX = 64;

/** Immutable: every change makes a new one. */
export class TimeAxis {
  /**
   * @param {number} nFrames
   * @param {number} width pixels
   * @param {number} pixelsPerFrame
   * @param {number} first frame (fraction allowed) at the left edge
   */
  constructor(nFrames, width, pixelsPerFrame, first) {
    this.nFrames = Math.max(1, nFrames);
    this.width = Math.max(1, width);
    const whole = this.width / this.nFrames;
    this.pixelsPerFrame = clamp(pixelsPerFrame, whole, Math.max(whole, MAX_PIXELS_PER_FRAME));
    this.first = clamp(first, 0, Math.max(0, this.nFrames - this.width / this.pixelsPerFrame));
  }

  /**
   * @param {number} nFrames
   * @param {number} width
   * @returns {TimeAxis}
   */
  static whole(nFrames, width) {
    return new TimeAxis(nFrames, width, 0, 0);
  }

  /** @returns {number} frames that fit on the line */
  get nVisible() {
    return this.width / this.pixelsPerFrame;
  }

  /** @returns {boolean} */
  get isWhole() {
    return this.nVisible >= this.nFrames - 1e-6;
  }

  /**
   * @param {number} frameIdx
   * @returns {number} pixel of the middle of the frame's cell
   */
  toX(frameIdx) {
    return (frameIdx - this.first + 1 / 2) * this.pixelsPerFrame;
  }

  /**
   * @param {number} frameIdx
   * @returns {number} pixel of the left edge of the frame's cell
   */
  edgeX(frameIdx) {
    return (frameIdx - this.first) * this.pixelsPerFrame;
  }

  /**
   * @param {number} x
   * @returns {number} the frame whose cell holds the pixel, within the video
   */
  toFrame(x) {
    return clamp(Math.floor(this.first + x / this.pixelsPerFrame), 0, this.nFrames - 1);
  }

  /**
   * @param {number} width
   * @returns {TimeAxis}
   */
  resized(width) {
    return this.isWhole
      ? TimeAxis.whole(this.nFrames, width)
      : new TimeAxis(this.nFrames, width, this.pixelsPerFrame, this.first);
  }

  /**
   * @param {number} x pixel that keeps its frame
   * @param {number} factor
   * @returns {TimeAxis}
   */
  zoomedAt(x, factor) {
    const frame = this.first + x / this.pixelsPerFrame;
    const next = new TimeAxis(this.nFrames, this.width, this.pixelsPerFrame * factor, 0);
    return new TimeAxis(this.nFrames, this.width, next.pixelsPerFrame, frame - x / next.pixelsPerFrame);
  }

  /**
   * @param {number} dx pixels
   * @returns {TimeAxis}
   */
  panned(dx) {
    return new TimeAxis(this.nFrames, this.width, this.pixelsPerFrame, this.first - dx / this.pixelsPerFrame);
  }

  /**
   * The axis moved just enough to show the frame.
   *
   * @param {number} frameIdx
   * @returns {TimeAxis}
   */
  revealing(frameIdx) {
    if (frameIdx >= this.first && frameIdx + 1 <= this.first + this.nVisible) {
      return this;
    }
    return new TimeAxis(this.nFrames, this.width, this.pixelsPerFrame, frameIdx - this.nVisible / 2);
  }

  /** @returns {number} frames between two numbers of the ruler: 1, 2 or 5 times a power of ten */
  get tickStep() {
    const least = MIN_TICK_DISTANCE_PX / this.pixelsPerFrame;
    const decade = 10 ** Math.floor(Math.log10(Math.max(1, least)));
    return [1, 2, 5].map((factor) => factor * decade).find((step) => step >= least) ?? 10 * decade;
  }

  /** @returns {number[]} frames that get a number on the ruler */
  get ticks() {
    const step = this.tickStep;
    const last = Math.min(this.nFrames - 1, this.first + this.nVisible);
    const ticks = [];
    for (let frame = Math.ceil(this.first / step) * step; frame <= last; frame += step) {
      ticks.push(frame);
    }
    return ticks;
  }
}
