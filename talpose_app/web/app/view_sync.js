/**
 * Keeps the view settings with the project: sent a moment after the last change.
 *
 * @import { ViewSettings } from "../protocol/messages.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 */

const PAUSE_MS = 1500;

/**
 * @param {{ project: ProjectModel, playback: Playback, preferences: PreferencesModel }} models
 * @param {(view: ViewSettings) => void} send
 */
export function rememberView({ project, playback, preferences }, send) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  const later = () => {
    clearTimeout(timer ?? undefined);
    timer = setTimeout(() => {
      if (project.isOpen && !project.isReadOnly && !playback.isPlaying) {
        send({ ...preferences.toView(), frame: playback.frame });
      }
    }, PAUSE_MS);
  };
  preferences.on("change", later);
  playback.on("frame", later);
}
