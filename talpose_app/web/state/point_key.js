/**
 * One string per point (one keypoint of one individual), to key maps with.
 *
 * @import { PointRef } from "../protocol/messages.js"
 *
 * @typedef {string} PointKey
 */

/**
 * @param {PointRef} ref
 * @returns {PointKey}
 */
export function pointKey(ref) {
  return `${ref.individual_id}:${ref.keypoint_id}`;
}

/**
 * @param {PointKey} key
 * @returns {PointRef}
 */
export function pointRef(key) {
  const [individual, keypoint] = key.split(":").map(Number);
  return { individual_id: individual ?? 0, keypoint_id: keypoint ?? 0 };
}
