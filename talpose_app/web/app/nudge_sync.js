/**
 * Sends nudges before whoever made them goes elsewhere.
 *
 * @import { Labeling } from "../state/labeling.js"
 * @import { Playback } from "../state/playback.js"
 * @import { Selection } from "../state/selection.js"
 */

/**
 * @param {{ labeling: Labeling, selection: Selection, playback: Playback }} parts
 */
export function keepNudges({ labeling, selection, playback }) {
  const finish = () => labeling.finishNudge();
  selection.on("point", finish);
  playback.on("frame", finish);
  addEventListener("pagehide", finish);
}
