/**
 * Where the names of points go so that none lies over another or over a point. Pure.
 *
 * @import { Point } from "./point.js"
 *
 * @typedef {{ at: Point, width: number, isForced: boolean }} NamedPoint `isForced`: shown even where there is no room
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box
 */

/** Directions to try, the preferred first: right above, right below, left above, left below, above, below. */
const SIDES = /** @type {const} */ ([[1, -1], [1, 1], [-1, -1], [-1, 1], [0, -1.6], [0, 1.6], [1, 0], [-1, 0]]);

/**
 * @param {NamedPoint[]} points the most important first
 * @param {{ height: number, dx: number, dy: number, radius: number }} look `height` of the text, its distance from the
 *   point, and what a point covers; pixels
 * @returns {(Point | null)[]} left end and middle of each name's line, null for one that finds no room
 */
export function placeNames(points, { height, dx, dy, radius }) {
  /** @type {Box[]} */
  const taken = points.map(({ at }) => boxAround(at, radius));
  return points.map(({ at, width, isForced }, i) => {
    const own = taken[i];
    const boxes = SIDES.map(([sideX, sideY]) => {
      const left = sideX > 0 ? at.x + dx : sideX < 0 ? at.x - dx - width : at.x - width / 2;
      const middle = at.y + sideY * dy;
      return { left, top: middle - height / 2, right: left + width, bottom: middle + height / 2 };
    });
    const free = boxes.find((box) => taken.every((other) => other === own || !overlap(box, other)));
    const box = free ?? (isForced ? boxes[0] : undefined);
    if (!box) {
      return null;
    }
    taken.push(box);
    return { x: box.left, y: (box.top + box.bottom) / 2 };
  });
}

/**
 * @param {Point} at
 * @param {number} radius
 * @returns {Box}
 */
function boxAround({ x, y }, radius) {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

/**
 * @param {Box} a
 * @param {Box} b
 * @returns {boolean}
 */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
