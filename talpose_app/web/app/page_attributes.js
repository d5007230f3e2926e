/**
 * Tells the state of the page by attributes of its body: for style sheets, and
 * for whoever drives the page from outside.
 *
 * @import { Playback } from "../state/playback.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 */

/**
 * @param {HTMLElement} body
 * @param {{ project: ProjectModel, playback: Playback, run: RunModel }} models
 */
export function mirrorState(body, { project, playback, run }) {
  const { dataset } = body;
  const showProject = () => {
    dataset["revision"] = String(project.revision);
    dataset["save"] = project.save.state;
  };
  const showFrame = () => {
    dataset["frame"] = playback.isExact ? String(playback.shown) : "";
  };
  const showRun = () => {
    dataset["updates"] = String(run.nUpdates);
    dataset["step"] = String(run.run?.step ?? 0);
    dataset["run"] = run.run?.state ?? "none";
  };
  for (const name of /** @type {const} */ (["opened", "history", "save"])) {
    project.on(name, showProject);
  }
  playback.on("shown", showFrame);
  playback.on("frame", showFrame);
  run.on("run", showRun);
  run.on("update", showRun);
  showProject();
  showFrame();
  showRun();
}
