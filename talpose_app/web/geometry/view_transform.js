/**
 * From image pixels to the screen and back: the only place that knows that the
 * center of the top-left pixel is (0, 0) and its corner is half a pixel away.
 *
 * @import { Point } from "./point.js"
 */
import { clamp } from "./point.js";

const HALF_PIXEL = 0.5;
/** Below this the picture is a stamp; above it one pixel fills the hand loupe. */
const MIN_SCALE = 0.02;
const MAX_SCALE = 64;

/** Immutable: every change makes a new one. */
export class ViewTransform {
  /**
   * @param {number} scale screen pixels per image pixel
   * @param {number} left screen x of the picture's left edge
   * @param {number} top screen y of the picture's top edge
   */
  constructor(scale = 1, left = 0, top = 0) {
    this.scale = scale;
    this.left = left;
    this.top = top;
  }

  /**
   * The largest view that shows the whole picture in the middle of the box.
   *
   * @param {number} imageWidth
   * @param {number} imageHeight
   * @param {number} boxWidth
   * @param {number} boxHeight
   * @param {number} margin free space around, in screen pixels
   * @returns {ViewTransform}
   */
  static fit(imageWidth, imageHeight, boxWidth, boxHeight, margin = 0) {
    const roomX = Math.max(1, boxWidth - 2 * margin);
    const roomY = Math.max(1, boxHeight - 2 * margin);
    const scale = clamp(Math.min(roomX / imageWidth, roomY / imageHeight), MIN_SCALE, MAX_SCALE);
    return new ViewTransform(scale, (boxWidth - imageWidth * scale) / 2, (boxHeight - imageHeight * scale) / 2);
  }

  /**
   * @param {Point} point image pixels
   * @returns {Point} screen pixels
   */
  toScreen(point) {
    return {
      x: (point.x + HALF_PIXEL) * this.scale + this.left,
      y: (point.y + HALF_PIXEL) * this.scale + this.top,
    };
  }

  /**
   * @param {Point} point screen pixels
   * @returns {Point} image pixels
   */
  toImage(point) {
    return {
      x: (point.x - this.left) / this.scale - HALF_PIXEL,
      y: (point.y - this.top) / this.scale - HALF_PIXEL,
    };
  }

  /**
   * Zoom so that what is under `anchor` stays there.
   *
   * @param {Point} anchor screen pixels
   * @param {number} factor
   * @returns {ViewTransform}
   */
  zoomedAt(anchor, factor) {
    const scale = clamp(this.scale * factor, MIN_SCALE, MAX_SCALE);
    const ratio = scale / this.scale;
    return new ViewTransform(
      scale,
      anchor.x - (anchor.x - this.left) * ratio,
      anchor.y - (anchor.y - this.top) * ratio,
    );
  }

  /**
   * @param {number} dx screen pixels
   * @param {number} dy screen pixels
   * @returns {ViewTransform}
   */
  panned(dx, dy) {
    return new ViewTransform(this.scale, this.left + dx, this.top + dy);
  }

  /**
   * Keep at least `margin` screen pixels of the picture inside the box, so it cannot be lost.
   *
   * @param {number} imageWidth
   * @param {number} imageHeight
   * @param {number} boxWidth
   * @param {number} boxHeight
   * @param {number} margin
   * @returns {ViewTransform}
   */
  kept(imageWidth, imageHeight, boxWidth, boxHeight, margin) {
    const left = clamp(this.left, margin - imageWidth * this.scale, boxWidth - margin);
    const top = clamp(this.top, margin - imageHeight * this.scale, boxHeight - margin);
    return left === this.left && top === this.top ? this : new ViewTransform(this.scale, left, top);
  }
}
