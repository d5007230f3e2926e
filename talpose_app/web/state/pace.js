/**
 * How long a first run will take, before it begins.
 *
 * @import { PaceState, RunKind, TrackerState } from "../protocol/messages.js"
 *
 * @typedef {{ kind: RunKind, tracker: string, device: string, nFrames: number, nPoints: number }} Work
 */

/**
 * @param {readonly PaceState[]} paces
 * @param {readonly TrackerState[]} trackers the best one first
 * @param {Work} work `tracker` may be "auto"
 * @returns {{ seconds: number, isMeasured: boolean } | null} of refining until its first tracks; null while nobody knows
 */
export function expectedTime(paces, trackers, work) {
  const tracker = work.tracker === "auto" ? trackers.find((one) => one.is_installed)?.name : work.tracker;
  const pace = paces.find((one) => one.kind === work.kind && one.tracker === tracker && one.device === work.device);
  if (!pace) {
    return null;
  }
  const seconds = work.nFrames * (pace.frame_s + work.nPoints * pace.point_s);
  return { seconds, isMeasured: pace.is_measured };
}
