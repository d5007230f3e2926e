/**
 * The one next thing a newcomer should do. Pure.
 *
 * @typedef {{ nPoints: number, nLabels: number, nKeyframes: number, hasTracks: boolean, nRefined: number,
 *   isAdding: boolean, isRunning: boolean, isReadOnly: boolean }} GuideInput
 * @typedef {{ step: 1 | 2 | 3 | 4, title: string, text: string }} GuideHint
 */

/** With fewer labeled frames than this, more labels are the best advice. */
const ENOUGH_KEYFRAMES = 2;

/**
 * @param {GuideInput} input
 * @returns {GuideHint | null} null when the user needs no more guiding
 */
export function guideHint(input) {
  if (input.isRunning || input.isReadOnly) {
    return null;
  }
  if (input.nPoints === 0) {
    return input.isAdding
      ? { step: 2, title: "Click to place keypoints", text: "Every click adds one. Esc when you are done." }
      : { step: 2, title: "Place your first keypoint", text: "Press N, then click the landmarks you want to follow." };
  }
  if (input.isAdding) {
    return null;
  }
  if (!input.hasTracks) {
    return input.nKeyframes < ENOUGH_KEYFRAMES
      ? { step: 3, title: "Track", text: "Press T to follow your points through the video, or label another frame first." }
      : { step: 3, title: "Track", text: `${input.nLabels} labels on ${input.nKeyframes} frames. Press T to track.` };
  }
  if (input.nRefined === 0) {
    return { step: 4, title: "Correct, then refine", text: "Drag a point that is off. Shift T lets the tracker learn from it." };
  }
  return null;
}
