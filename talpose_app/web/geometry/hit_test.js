/**
 * Which point is under the pointer. Pure.
 *
 * @import { Point } from "./point.js"
 */
import { distanceSquared } from "./point.js";

/**
 * The nearest candidate within reach; a preferred one (the selected point) wins
 * when it is within reach and no other is clearly nearer.
 *
 * @template T
 * @param {Point} pointer
 * @param {Iterable<{ readonly key: T, readonly at: Point }>} candidates same space as `pointer`
 * @param {number} reach
 * @param {T | null} preferred
 * @returns {T | null}
 */
export function nearestWithin(pointer, candidates, reach, preferred = null) {
  let best = null;
  let bestDistance = reach * reach;
  let preferredDistance = Infinity;
  for (const { key, at } of candidates) {
    const d = distanceSquared(pointer, at);
    if (key === preferred) {
      preferredDistance = d;
    }
    if (d <= bestDistance) {
      best = key;
      bestDistance = d;
    }
  }
  const isPreferredInReach = preferredDistance <= reach * reach;
  const halfReach = reach / 2;
  if (isPreferredInReach && Math.sqrt(preferredDistance) - Math.sqrt(bestDistance) < halfReach) {
    return preferred;
  }
  return best;
}
