/**
 * The run under way or the last one, and the tracks as they were before it.
 *
 * @import { RunState, TrackerState, TrackUpdate } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 * @import { ProjectModel } from "./project.js"
 * @import { PointTrack } from "./point_track.js"
 */
import { Emitter } from "./emitter.js";

/** Steps that tell the present pace. */
const N_RECENT = 5;
/** Share of a stage that has to be done before it tells how long the rest takes. */
const LEAST_SHARE = 0.02;
const ACTIVE = new Set(["starting", "running", "paused", "stopping"]);

/** @extends {Emitter<{ run: null, update: null, compare: null, trackers: null }>} */
export class RunModel extends Emitter {
  /** @type {RunState | null} */
  run = null;
  /** @type {TrackerState[]} */
  trackers = [];
  /** Track updates received and applied in the present run. */
  nUpdates = 0;
  /** Seconds of each step the page has heard of, the latest last. @type {number[]} */
  #stepSeconds = [];
  /** Where the present stage of the run began. */
  #stage = { name: "", seconds: 0, fraction: 0 };
  /** When the last word of the run came, ms, to count the seconds on. */
  heardAt = 0;
  /** Tracks before the run, as made. @type {Map<PointKey, PointTrack> | null} */
  before = null;
  #isComparing = false;
  #isKept = false;
  #takenBackAt = NaN;

  /** @returns {boolean} */
  get isActive() {
    return this.run !== null && ACTIVE.has(this.run.state);
  }

  /** @returns {boolean} whether the tracks before the run are shown */
  get isComparing() {
    return this.#isComparing && this.before !== null;
  }

  set isComparing(isComparing) {
    if (isComparing !== this.#isComparing) {
      this.#isComparing = isComparing;
      this.emit("compare", null);
    }
  }

  /**
   * From what a step takes lately: the start, pauses and a slow step in between do not count.
   *
   * @returns {number} seconds left, NaN while unknown
   */
  get remainingSeconds() {
    const recent = this.#stepSeconds.slice(-N_RECENT).sort((a, b) => a - b);
    const pace = recent[Math.floor(recent.length / 2)] ?? NaN;
    return this.run ? pace * Math.max(0, this.run.n_steps - this.run.step) : NaN;
  }

  /**
   * By its pace so far; a long video is looked at for minutes before there is anything to see.
   *
   * @returns {number} seconds that are left of the present stage, NaN while unknown
   */
  get stageRemainingSeconds() {
    if (!this.run || this.run.stage !== this.#stage.name) {
      return NaN;
    }
    const share = this.run.fraction - this.#stage.fraction;
    const pace = (this.run.seconds - this.#stage.seconds) / share;
    return share >= LEAST_SHARE ? pace * (1 - this.run.fraction) : NaN;
  }

  /**
   * @param {RunState | null} run as it is when the project is opened
   * @param {Map<PointKey, PointTrack>} tracks of the project as made: while a run goes on, those before it
   * @param {boolean} isSame after a break of the line: what is known of the run stays
   */
  load(run, tracks, isSame = false) {
    if (!isSame || run?.run_id !== this.run?.run_id) {
      this.nUpdates = 0;
      this.before = null;
      if (run) {
        this.#begin(run, tracks);
      }
    }
    this.#take(run);
  }

  /**
   * @param {RunState} run
   * @param {Map<PointKey, PointTrack>} tracks as made, when the run is first heard of
   */
  apply(run, tracks) {
    if (run.run_id !== this.run?.run_id || !this.isActive) {
      this.#begin(run, tracks);
    }
    this.#take(run);
  }

  /** @param {RunState | null} run */
  #take(run) {
    if (run?.run_id !== this.run?.run_id) {
      this.#isKept = false;
      this.#takenBackAt = NaN;
    }
    if (run && (run.run_id !== this.run?.run_id || run.stage !== this.#stage.name || run.fraction < this.#stage.fraction)) {
      this.#stage = { name: run.stage, seconds: run.seconds, fraction: run.fraction };
    }
    this.run = run;
    this.heardAt = performance.now();
    this.emit("run", null);
  }

  /**
   * @param {RunState} run
   * @param {Map<PointKey, PointTrack>} tracks
   */
  #begin(run, tracks) {
    if (!ACTIVE.has(run.state)) {
      return;
    }
    this.nUpdates = 0;
    this.#stepSeconds = [];
    this.before = new Map([...tracks].map(([key, track]) => [key, track.clone()]));
  }

  /**
   * @param {Pick<ProjectModel, "hasRun">} project
   * @returns {boolean} whether what the last run found is in the project: it was not reverted or undone
   */
  isKeptIn(project) {
    return this.run !== null && project.hasRun(this.run.run_id);
  }

  /**
   * The project has changed.
   *
   * @param {boolean} isKept whether the run's tracks are in the project now
   * @param {number} revision of the project now
   */
  noteChange(isKept, revision) {
    if (this.#isKept && !isKept) {
      this.#takenBackAt = revision;
    }
    this.#isKept = isKept;
  }

  /**
   * Only right after they were taken back is it sure whose step the next of redo is.
   *
   * @param {Pick<ProjectModel, "revision" | "undoTitle">} project
   * @returns {"undo" | "redo" | null} what brings the run's tracks back into the project
   */
  wayBack({ revision, undoTitle }) {
    if (!this.run || this.isActive || revision !== this.#takenBackAt) {
      return null;
    }
    return undoTitle === `Revert ${this.run.kind}` ? "undo" : "redo";
  }

  /** @param {TrackUpdate} update already applied to the tracks */
  countUpdate(update) {
    this.nUpdates += 1;
    if (update.step > 0) {
      this.#stepSeconds.push(update.seconds);
    }
    if (this.run && this.run.run_id === update.run_id) {
      this.run = {
        ...this.run,
        step: update.step,
        n_steps: update.n_steps,
        losses: withLoss(this.run.losses, update),
        best_step: update.is_best ? update.step : this.run.best_step,
      };
    }
    this.emit("update", null);
  }
}

/**
 * @param {number[]} losses one per step
 * @param {TrackUpdate} update
 * @returns {number[]}
 */
function withLoss(losses, update) {
  if (update.loss === null || update.step !== losses.length + 1) {
    return losses;
  }
  return [...losses, update.loss];
}
