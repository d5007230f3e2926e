/**
 * Keeps the view settings with the project: sent a moment after the last change, or when the page goes.
 *
 * @import { ViewSettings } from "../protocol/messages.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 */

const PAUSE_MS = 600;

/**
 * @param {{ project: ProjectModel, playback: Playback, preferences: PreferencesModel }} models
 * @param {(view: ViewSettings) => void} send
 * @returns {() => void} sends at once what waits to be sent
 */
export function rememberView({ project, playback, preferences }, send) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  const sendNow = () => {
    if (timer !== null && project.isOpen && !project.isReadOnly && !playback.isPlaying) {
      send({ ...preferences.toView(), frame: playback.frame });
    }
    clearTimeout(timer ?? undefined);
    timer = null;
  };
  const later = () => {
    clearTimeout(timer ?? undefined);
    timer = setTimeout(sendNow, PAUSE_MS);
  };
  preferences.on("change", later);
  playback.on("frame", later);
  addEventListener("pagehide", sendNow);
  return sendNow;
}
