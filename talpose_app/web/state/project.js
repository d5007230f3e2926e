/**
 * The open project as the page knows it.
 *
 * @import {
 *   ErrorNumbers, HeldOutState, IndividualState, KeypointState, LabelState, PaceState, PointRef, ProjectChanged, ProjectState, RunRecord, SaveState,
 *   SkeletonState, TrackUpdate, VideoState, VisibilityName,
 * } from "../protocol/messages.js"
 * @import { Tracks } from "./bent_tracks.js"
 * @import { LabelEdit, PendingEdit } from "./label_ledger.js"
 * @import { PointKey } from "./point_key.js"
 *
 * @typedef {{ key: PointKey, keypoint: KeypointState, individual: IndividualState, order: number }} PointInfo
 * @typedef {{ x: number, y: number, isLabel: boolean, visibility: VisibilityName, confidence: number }} PlacedPoint
 */
import { toFloat32, toFloat64, toUint8 } from "../protocol/codec.js";
import { BentTracks } from "./bent_tracks.js";
import { Emitter } from "./emitter.js";
import { newestErrors } from "./held_out.js";
import { LabelLedger } from "./label_ledger.js";
import { pointKey } from "./point_key.js";
import { PointTrack } from "./point_track.js";

/**
 * Emits `opened` (`isSame`: the same project again, after a break of the line), `closed`, `labels`, `points` (skeleton or individuals), `tracks`, `tried`, `history`, `save`.
 *
 * @extends {Emitter<{ opened: { isSame: boolean }, closed: null, labels: null, points: null, tracks: null, tried: null,
 *   history: null, save: null }>}
 */
export class ProjectModel extends Emitter {
  isOpen = false;
  name = "";
  folder = "";
  revision = 0;
  /** @type {VideoState | null} */
  video = null;
  /** Presentation time of every frame, seconds. @type {Float64Array} */
  times = new Float64Array();
  /** @type {SkeletonState} */
  skeleton = { keypoints: [], edges: [], symmetries: [] };
  /** @type {IndividualState[]} */
  individuals = [];
  labels = new LabelLedger();
  /** Tracks as runs and filters made them. @type {Map<PointKey, PointTrack>} */
  made = new Map();
  #tracks = new BentTracks(this.made, (key) => this.labelsOf(key));
  /** Other tracks than the project's own, seen through its labels. @type {{ made: Map<PointKey, PointTrack>, shown: Tracks } | null} */
  #others = null;
  /** What a filter would make of the tracks, while one is tried. @type {Map<PointKey, PointTrack> | null} */
  #tried = null;
  /** The runs whose tracks are in the project, by their id. @type {Map<number, RunRecord>} */
  #runs = new Map();
  /** What each point's hidden labels were missed by. @type {Map<PointKey, ErrorNumbers>} */
  heldOut = new Map();
  /** @type {string | null} */
  undoTitle = null;
  /** @type {string | null} */
  redoTitle = null;
  /** How long runs take on this machine, as known when the project was opened. @type {readonly PaceState[]} */
  paces = [];
  /** @type {SaveState} */
  save = { state: "saved", error: null };
  /** A label that follows the pointer and is not yet an edit. @type {LabelState | null} */
  draft = null;
  /** @type {PointInfo[]} */
  #points = [];
  /** @type {{ draft: LabelState, from: readonly LabelState[], labels: readonly LabelState[] } | null} */
  #drafted = null;

  /** @returns {number} */
  get nFrames() {
    return this.video?.n_frames ?? 0;
  }

  /** @returns {Tracks} as made, and bent through the labels that are shown, the draft included */
  get tracks() {
    return this.#tracks;
  }

  /** @returns {Tracks} the tracks that are on the screen: what can be confirmed or dragged */
  get shownTracks() {
    return this.#tried ?? this.tracks;
  }

  /**
   * @param {Map<PointKey, PointTrack>} made tracks of another time
   * @returns {Tracks} bent through the labels of now
   */
  throughLabels(made) {
    if (this.#others?.made !== made) {
      this.#others = { made, shown: new BentTracks(made, (key) => this.labelsOf(key)) };
    }
    return this.#others.shown;
  }

  /**
   * @param {PointKey} key
   * @returns {readonly LabelState[]} the point's labels as they are shown, rising by frame, the draft included
   */
  labelsOf(key) {
    const labels = this.labels.shown.list(key);
    const draft = this.draft;
    if (!draft || pointKey(draft) !== key) {
      return labels;
    }
    if (this.#drafted?.draft !== draft || this.#drafted.from !== labels) {
      const others = labels.filter((label) => label.frame_idx !== draft.frame_idx);
      const all = [...others, draft].sort((a, b) => a.frame_idx - b.frame_idx);
      this.#drafted = { draft, from: labels, labels: all };
    }
    return this.#drafted.labels;
  }

  /** @param {Map<PointKey, PointTrack> | null} tracks of all points, null to show the project's own */
  tryTracks(tracks) {
    this.#tried = tracks;
    this.emit("tried", null);
  }

  /** @returns {number} how many runs the project remembers */
  get nRuns() {
    return this.#runs.size;
  }

  /**
   * @param {number} runId
   * @returns {boolean} whether the tracks of the run were kept
   */
  hasRun(runId) {
    return this.#runs.has(runId);
  }

  /**
   * @param {RunRecord["kind"]} kind
   * @returns {boolean} whether tracks of such a run are in the project
   */
  hasRunOf(kind) {
    return [...this.#runs.values()].some((run) => run.kind === kind);
  }

  /**
   * @param {number} runId
   * @returns {HeldOutState | null} what it found labels missed by, as that holds now
   */
  heldOutOfRun(runId) {
    return this.#runs.get(runId)?.held_out ?? null;
  }

  /** @returns {readonly PointInfo[]} all points in the order of the list */
  get points() {
    return this.#points;
  }

  /** @returns {boolean} */
  get isReadOnly() {
    return this.save.state === "read_only";
  }

  /** @param {ProjectState} state */
  open(state) {
    const isSame = this.isOpen && this.name === state.name && this.folder === state.folder;
    if (!isSame) {
      this.labels.forgetPending();
      this.draft = null; // After a break of the line it stays: it is not sent yet.
    }
    this.isOpen = true;
    this.name = state.name;
    this.folder = state.folder;
    this.revision = state.revision;
    this.video = state.video;
    this.times = toFloat64(state.video.times_s);
    this.skeleton = state.skeleton;
    this.individuals = state.individuals;
    this.labels.load(state.labels);
    this.#setMade(state.tracks.map((track) => [pointKey(track), PointTrack.fromState(track)]));
    this.#takeRuns(state.runs);
    this.undoTitle = state.undo_title;
    this.redoTitle = state.redo_title;
    this.save = state.save;
    this.paces = state.paces;
    this.#tried = null;
    this.#listPoints();
    this.emit("opened", { isSame });
  }

  /** The project was closed. */
  close() {
    this.isOpen = false;
    this.draft = null;
    this.labels.forgetPending();
    this.emit("closed", null);
  }

  /** @param {ProjectChanged} change */
  applyChange(change) {
    this.revision = change.revision;
    this.undoTitle = change.undo_title;
    this.redoTitle = change.redo_title;
    if (change.skeleton || change.individuals) {
      this.skeleton = change.skeleton ?? this.skeleton;
      this.individuals = change.individuals ?? this.individuals;
      this.#listPoints();
    }
    this.labels.applyServer(change.labels_set, change.labels_deleted);
    for (const track of change.tracks_set) {
      this.made.set(pointKey(track), PointTrack.fromState(track));
    }
    for (const ref of change.tracks_deleted) {
      this.made.delete(pointKey(ref));
    }
    if (change.runs) {
      this.#takeRuns(change.runs);
    }
    this.#emitChange(change);
  }

  /** @param {RunRecord[]} runs */
  #takeRuns(runs) {
    this.#runs = new Map(runs.map((run) => [run.run_id, run]));
    this.heldOut = newestErrors(runs);
  }

  /** @param {ProjectChanged} change */
  #emitChange(change) {
    if (change.skeleton || change.individuals) {
      this.emit("points", null);
    }
    if (change.labels_set.length || change.labels_deleted.length) {
      this.emit("labels", null);
    }
    if (change.tracks_set.length || change.tracks_deleted.length) {
      this.emit("tracks", null);
    }
    this.emit("history", null);
  }

  /** @param {TrackUpdate} update */
  applyTrackUpdate(update) {
    const block = {
      positions: toFloat32(update.positions),
      visibility: toUint8(update.visibility),
      confidence: toFloat32(update.confidence),
    };
    update.points.forEach((ref, column) => {
      const key = pointKey(ref);
      let track = this.made.get(key);
      if (!track) {
        track = PointTrack.empty(this.nFrames);
        this.made.set(key, track);
      }
      track.writeColumn(update.start, column, update.points.length, block);
    });
    this.emit("tracks", null);
  }

  /**
   * What a run streamed was not kept: show what is in the project again.
   *
   * @param {Map<PointKey, PointTrack>} made as they were before the run
   */
  restoreTracks(made) {
    this.#setMade([...made].map(([key, track]) => [key, track.clone()]));
    this.emit("tracks", null);
  }

  /** @param {[PointKey, PointTrack][]} made */
  #setMade(made) {
    this.made.clear();
    made.forEach(([key, track]) => this.made.set(key, track));
  }

  /**
   * @param {LabelEdit} edit
   * @returns {PendingEdit}
   */
  beginLabelEdit(edit) {
    const pending = this.labels.begin(edit);
    this.emit("labels", null);
    return pending;
  }

  /**
   * @param {PendingEdit} pending
   * @param {boolean} isDone
   */
  settleLabelEdit(pending, isDone) {
    this.labels.settle(pending, isDone);
    this.emit("labels", null);
  }

  /** @param {SaveState} save */
  applySave(save) {
    this.save = save;
    this.emit("save", null);
  }

  /**
   * @param {PointKey | null} key
   * @returns {PointInfo | null}
   */
  point(key) {
    return this.#points.find((point) => point.key === key) ?? null;
  }

  /**
   * Where a point is in a frame: its label, or else its prediction. An absent
   * label has the prediction's place, so that it can be seen and taken back.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   * @param {Tracks} [tracks] other predictions than the project's own
   * @returns {PlacedPoint | null}
   */
  placedPoint(key, frameIdx, tracks = this.shownTracks) {
    const label = this.labelAt(key, frameIdx);
    const track = tracks.get(key);
    if (label && label.x !== null && label.y !== null) {
      return { x: label.x, y: label.y, isLabel: true, visibility: label.visibility, confidence: 1 };
    }
    if (!track?.has(frameIdx)) {
      return null;
    }
    const x = track.x(frameIdx);
    const y = track.y(frameIdx);
    if (label) {
      return { x, y, isLabel: true, visibility: "absent", confidence: 1 };
    }
    const visibility = track.visibility[frameIdx] ? "visible" : "occluded";
    return { x, y, isLabel: false, visibility, confidence: track.confidence[frameIdx] ?? 0 };
  }

  /**
   * @param {PointKey} key
   * @param {number} frameIdx
   * @returns {LabelState | null} the draft under the pointer included
   */
  labelAt(key, frameIdx) {
    const draft = this.draft;
    if (draft && draft.frame_idx === frameIdx && pointKey(draft) === key) {
      return draft;
    }
    return this.labels.shown.get(key, frameIdx);
  }

  /**
   * @param {number} frameIdx
   * @returns {number} seconds
   */
  timeOf(frameIdx) {
    return this.times[frameIdx] ?? frameIdx / (this.video?.fps || 1);
  }

  #listPoints() {
    this.#points = this.individuals.flatMap((individual) =>
      this.skeleton.keypoints.map((keypoint, order) => ({
        key: pointKey({ individual_id: individual.individual_id, keypoint_id: keypoint.keypoint_id }),
        keypoint,
        individual,
        order,
      })),
    );
  }
}

/**
 * @param {PointRef} ref
 * @param {number} frameIdx
 * @param {{ x: number, y: number } | null} at null for an absent point
 * @param {VisibilityName} visibility
 * @returns {LabelState}
 */
export function makeLabel(ref, frameIdx, at, visibility) {
  return {
    individual_id: ref.individual_id,
    keypoint_id: ref.keypoint_id,
    frame_idx: frameIdx,
    x: at?.x ?? null,
    y: at?.y ?? null,
    visibility,
  };
}
