/**
 * How long a first run will take, before it begins.
 *
 * @import { PaceState, RunKind } from "../protocol/messages.js"
 *
 * @typedef {{ kind: RunKind, tracker: string, device: string, nFrames: number, nPoints: number }} Work
 */

/**
 * @param {readonly PaceState[]} paces
 * @param {Work} work
 * @returns {{ seconds: number, isMeasured: boolean } | null} of refining until its first tracks; null while nobody knows
 */
export function expectedTime(paces, work) {
  const { kind, tracker, device } = work;
  const pace = paces.find((one) => one.kind === kind && one.tracker === tracker && one.device === device);
  if (!pace) {
    return null;
  }
  const seconds = work.nFrames * (pace.frame_s + work.nPoints * pace.point_s);
  return { seconds, isMeasured: pace.is_measured };
}
