/**
 * What hidden labels were missed by: the newest number of every point, and the words for it. Pure.
 *
 * @import { ErrorNumbers, RunRecord } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 */
import { counted } from "./format.js";
import { pointKey } from "./point_key.js";

/**
 * @param {RunRecord[]} runs in the order they ran
 * @returns {Map<PointKey, ErrorNumbers>} of every point that ever had hidden labels, from its latest such run
 */
export function newestErrors(runs) {
  return new Map(runs.flatMap((run) => (run.held_out?.points ?? []).map((point) => [pointKey(point), point])));
}

/**
 * @param {number} px
 * @returns {string} 0.43 px, 2.8 px, 32 px
 */
export function formatPx(px) {
  const nDigits = px < 0.995 ? 2 : px < 9.95 ? 1 : 0;
  return `${px.toFixed(nDigits)} px`;
}

/**
 * @param {ErrorNumbers} error of one point
 * @returns {string}
 */
export function explainError(error) {
  const { n, median_px: median, p90_px: p90, is_stale: isStale } = error;
  const since = isStale ? " Labels of this keypoint have changed since: Refine measures it anew." : "";
  return (
    `${counted(n, "label")} hidden in turn and found again from the other labels: off by ${formatPx(median)} in the middle, ` +
    `nine in ten within ${formatPx(p90)}. Measured at the last Refine with every other label hidden and without the network, ` +
    `so rather too large than too small.${since}`
  );
}

/**
 * @param {Pick<ErrorNumbers, "n" | "median_px" | "p90_px">} error of all points together
 * @returns {string} without a word that has to be looked up
 */
export function tellError({ n, median_px: median, p90_px: p90 }) {
  return `${counted(n, "label")} hidden and found again: half within ${formatPx(median)}, nine in ten within ${formatPx(p90)}.`;
}
