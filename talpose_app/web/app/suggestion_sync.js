/**
 * Asks anew where to click next whenever labels or tracks have changed.
 *
 * @import { Suggestions } from "../protocol/messages.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { SuggestionModel } from "../state/suggestions.js"
 */

/** Edits come in bursts. */
const PAUSE_MS = 400;

/**
 * @param {{ project: ProjectModel, run: RunModel, suggestions: SuggestionModel }} models
 * @param {() => Promise<Suggestions>} ask
 */
export function keepSuggestions({ project, run, suggestions }, ask) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  let asked = 0;
  const update = async () => {
    const number = ++asked;
    if (!project.isOpen || run.isActive || project.tracks.size === 0) {
      suggestions.clear();
      return;
    }
    try {
      const reply = await ask();
      if (number === asked) {
        suggestions.load(reply);
      }
    } catch {
      // The line is broken, or the project was closed meanwhile: both are told elsewhere.
      suggestions.clear();
    }
  };
  const soon = () => {
    clearTimeout(timer ?? undefined);
    timer = setTimeout(() => void update(), PAUSE_MS);
  };
  for (const name of /** @type {const} */ (["opened", "closed", "tracks", "history"])) {
    project.on(name, soon);
  }
  run.on("run", soon);
}
