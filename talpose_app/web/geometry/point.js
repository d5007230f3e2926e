/**
 * Points and the few things one does with them. Pure.
 *
 * Image points follow the project's convention: x right, y down, (0, 0) is the
 * center of the top-left pixel. Screen points are CSS pixels from the top-left
 * corner of the canvas.
 *
 * @typedef {{ readonly x: number, readonly y: number }} Point
 */

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {number} squared distance
 */
export function distanceSquared(a, b) {
  const dx = a.x - b.x;
  const dy = a.y - b.y;
  return dx * dx + dy * dy;
}

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {number}
 */
export function distance(a, b) {
  return Math.sqrt(distanceSquared(a, b));
}

/**
 * @param {Point} a
 * @param {number} dx
 * @param {number} dy
 * @returns {Point}
 */
export function translate(a, dx, dy) {
  return { x: a.x + dx, y: a.y + dy };
}

/**
 * Whether an image point lies on the picture (its pixels, half-open at the far edges).
 *
 * @param {Point} point
 * @param {number} width
 * @param {number} height
 * @returns {boolean}
 */
export function isInside(point, width, height) {
  return point.x >= -0.5 && point.y >= -0.5 && point.x < width - 0.5 && point.y < height - 0.5;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 * @returns {number}
 */
export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
