/**
 * Brings what the server tells into the models.
 *
 * @import { RecentState, RunState, ServerEvent, TrackerState, WantedVideoState, Welcome } from "../protocol/messages.js"
 * @import { FrameSource } from "../canvas/frame_source.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 *
 * @typedef {{ onWelcome: (welcome: Welcome) => void, onRecent: (recent: RecentState[]) => void,
 *   onNotice: (level: "info" | "warning" | "error", message: string, hint: string) => void,
 *   onWanted: (wanted: WantedVideoState | null) => void, onOpened: (isSame: boolean) => void, onRestarted: (entryId: string, giveUp: () => void) => void }} SyncListeners
 *   `onRestarted`: the app is a new one and has not opened the project that the page shows
 * @typedef {{ project: ProjectModel, run: RunModel, playback: Playback, selection: Selection,
 *   preferences: PreferencesModel, source: FrameSource }} SyncModels
 */

/** One method per kind of event. */
export class EventSync {
  #models;
  #listeners;

  /**
   * @param {SyncModels} models
   * @param {SyncListeners} listeners
   */
  constructor(models, listeners) {
    this.#models = models;
    this.#listeners = listeners;
  }

  /** @param {ServerEvent} event */
  apply(event) {
    switch (event.type) {
      case "welcome":
        this.#welcome(event);
        break;
      case "project_opened":
        this.#listeners.onRecent(event.recent);
        this.#open(event.project);
        break;
      case "video_wanted":
        this.#listeners.onWanted(event.wanted);
        break;
      case "project_closed":
        this.#listeners.onRecent(event.recent);
        this.#close();
        break;
      case "trackers_changed":
        this.#setTrackers(event.trackers);
        break;
      case "notice":
        this.#listeners.onNotice(event.level, event.message, event.hint);
        break;
      default:
        this.#applyToProject(event);
    }
  }

  /** @param {Exclude<ServerEvent, { type: "welcome" | "trackers_changed" | "project_opened" | "video_wanted" | "project_closed" | "notice" }>} event */
  #applyToProject(event) {
    const { project, run, source } = this.#models;
    switch (event.type) {
      case "project_changed":
        run.noteChange(event.runs?.some((record) => record.run_id === run.run?.run_id) ?? run.isKeptIn(project), event.revision);
        project.applyChange(event);
        this.#dropLostSelection();
        break;
      case "run_changed":
        this.#applyRun(event.run);
        break;
      case "track_update":
        project.applyTrackUpdate(event);
        run.countUpdate(event);
        break;
      case "save_changed":
        project.applySave(event.save);
        break;
      case "frame":
        void source.receive(event);
        break;
    }
  }

  /**
   * A run that was kept has changed the project before it is told to be over.
   *
   * @param {RunState} state
   */
  #applyRun(state) {
    const { project, run } = this.#models;
    const wasActive = run.isActive;
    run.apply(state, project.made);
    if (wasActive && run.before && state.state === "done" && !project.hasRun(state.run_id)) {
      project.restoreTracks(run.before);
    }
  }

  /** @param {TrackerState[]} trackers */
  #setTrackers(trackers) {
    this.#models.run.trackers = trackers;
    this.#models.run.emit("trackers", null);
  }

  /** @param {Welcome} welcome */
  #welcome(welcome) {
    this.#setTrackers(welcome.trackers);
    this.#listeners.onWelcome(welcome);
    this.#listeners.onRecent(welcome.recent);
    this.#listeners.onWanted(welcome.wanted);
    const last = welcome.project ? null : this.#lastProject(welcome.recent);
    if (welcome.project) {
      this.#open(welcome.project);
    } else if (last) {
      this.#listeners.onRestarted(last.entry_id, () => this.#close());
    } else {
      this.#close();
    }
  }

  /**
   * @param {RecentState[]} recent
   * @returns {RecentState | null} the project that the page still shows, with changes that wait to be sent
   */
  #lastProject(recent) {
    const { isOpen, name, folder } = this.#models.project;
    return (isOpen && recent.find((entry) => entry.name === name && entry.folder === folder)) || null;
  }

  /** @param {import("../protocol/messages.js").ProjectState} state */
  #open(state) {
    const { project, run, playback, selection, preferences } = this.#models;
    const isSame = project.isOpen && project.name === state.name && project.folder === state.folder;
    project.open(state);
    run.load(state.run, project.made, isSame);
    run.noteChange(run.isKeptIn(project), state.revision);
    if (!isSame) {
      selection.clear();
      selection.individualId = state.individuals[0]?.individual_id ?? 0;
      preferences.load(state.view);
      const last = state.view["frame"];
      playback.reset(state.video.n_frames, state.video.fps, typeof last === "number" ? last : 0, project.times);
      for (const warning of state.video.warnings) {
        this.#listeners.onNotice("warning", warning, "");
      }
    }
    this.#dropLostSelection();
    this.#listeners.onOpened(isSame);
  }

  #close() {
    const { project, playback } = this.#models;
    playback.pause();
    project.close();
  }

  #dropLostSelection() {
    const { project, selection } = this.#models;
    if (selection.point !== null && !project.point(selection.point)) {
      selection.point = null;
    }
  }
}
