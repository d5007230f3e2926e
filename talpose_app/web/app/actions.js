/**
 * What every key and button does.
 *
 * @import { CommandName, RunKind } from "../protocol/messages.js"
 * @import { FilterModel } from "../state/filters.js"
 * @import { Stage } from "../canvas/stage.js"
 * @import { ActionId } from "../state/keymap.js"
 * @import { Labeling } from "../state/labeling.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PointKey } from "../state/point_key.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 * @import { SuggestionModel } from "../state/suggestions.js"
 *
 * @typedef {{ project: ProjectModel, selection: Selection, playback: Playback, run: RunModel, filters: FilterModel, suggestions: SuggestionModel,
 *   preferences: PreferencesModel, labeling: Labeling, stage: Stage, send: (command: CommandName) => void,
 *   startRun: (kind: RunKind) => void, cancelTool: () => boolean, placeInView: () => boolean,
 *   renamePoint: (key: PointKey) => void, focusFrame: () => void, showShortcuts: () => void, showHelp: () => void,
 *   onBlocked: () => void, notify: (message: string, hint?: string) => void }} ActionParts
 */
import { counted } from "../state/format.js";
import { nextDoubtful, nextIn } from "../state/navigation.js";
import { SPEEDS } from "../state/playback.js";

const JUMP = 10;
const ZOOM_STEP = 1.25;
const FINE_PX = 0.1;

/**
 * @param {ActionParts} parts
 * @returns {Record<ActionId, (isHeld: boolean) => void>} `isHeld`: for keys that act while they are down
 */
export function makeActions(parts) {
  return {
    ...frameActions(parts),
    ...labelActions(parts),
    ...trackingActions(parts),
    ...viewActions(parts),
    ...generalActions(parts),
  };
}

/** @param {ActionParts} parts */
function frameActions({ project, playback }) {
  /** @param {number} direction */
  const toKeyframe = (direction) => {
    const frame = nextIn(project.labels.shown.keyframes(), playback.frame, direction);
    if (frame !== null) {
      playback.pause();
      playback.goTo(frame);
    }
  };
  /** @param {number} step */
  const changeSpeed = (step) => {
    playback.speed = SPEEDS[SPEEDS.indexOf(playback.speed) + step] ?? playback.speed;
  };
  return {
    next_frame: () => playback.step(1),
    previous_frame: () => playback.step(-1),
    jump_forward: () => playback.step(JUMP),
    jump_back: () => playback.step(-JUMP),
    next_keyframe: () => toKeyframe(1),
    previous_keyframe: () => toKeyframe(-1),
    first_frame: () => playback.step(-playback.nFrames),
    last_frame: () => playback.step(playback.nFrames),
    play: () => playback.toggle(),
    slower: () => changeSpeed(-1),
    faster: () => changeSpeed(1),
    loop: () => playback.setLooping(!playback.isLooping),
  };
}

/** @param {ActionParts} parts */
function labelActions(parts) {
  const { project, selection, playback, labeling, onBlocked, placeInView, renamePoint } = parts;
  /** @param {(key: PointKey, frame: number) => void} edit */
  const withPoint = (edit) => {
    if (selection.point === null || project.isReadOnly) {
      return;
    }
    if (playback.isExact) {
      edit(selection.point, playback.shown);
    } else {
      onBlocked();
    }
  };
  /** @param {number} dx @param {number} dy */
  const nudge = (dx, dy) => () => withPoint((key, frame) => labeling.nudge(key, frame, dx, dy));
  /** @param {number} step */
  const selectBy = (step) => {
    const points = project.points.filter((info) => info.individual.individual_id === selection.individualId);
    const at = points.findIndex((info) => info.key === selection.point);
    const from = at < 0 && step < 0 ? 0 : at;
    selection.point = points[(from + step + points.length) % points.length]?.key ?? null;
  };
  return {
    new_point: () => {
      selection.isAdding = !selection.isAdding && !project.isReadOnly;
      playback.pause();
    },
    next_point: () => selectBy(1),
    previous_point: () => selectBy(-1),
    accept: () => {
      if (!placeInView()) {
        withPoint((key, frame) => labeling.accept(key, frame));
      }
    },
    accept_all: () => confirmFrame(parts),
    occluded: () => withPoint((key, frame) => labeling.toggleOccluded(key, frame)),
    absent: () => withPoint((key, frame) => labeling.toggleAbsent(key, frame)),
    delete_label: () => withPoint((key, frame) => labeling.remove(key, frame)),
    rename: () => {
      if (selection.point !== null && !project.isReadOnly) {
        renamePoint(selection.point);
      }
    },
    nudge_left: nudge(-1, 0),
    nudge_right: nudge(1, 0),
    nudge_up: nudge(0, -1),
    nudge_down: nudge(0, 1),
    nudge_left_fine: nudge(-FINE_PX, 0),
    nudge_right_fine: nudge(FINE_PX, 0),
    nudge_up_fine: nudge(0, -FINE_PX),
    nudge_down_fine: nudge(0, FINE_PX),
  };
}

/**
 * Whoever has put right what was wrong in a frame says with one key that the rest is right: what is seen, nothing else.
 *
 * @param {ActionParts} parts
 */
function confirmFrame({ project, playback, run, stage, labeling, notify, onBlocked }) {
  if (project.isReadOnly || run.isComparing || stage.scene.isOverlayHidden) {
    return;
  }
  if (!playback.isExact) {
    onBlocked();
    return;
  }
  const seen = stage.scene.pointsIn(playback.shown).map(({ info }) => info.key);
  const count = labeling.acceptAll(seen, playback.shown);
  if (count > 0) {
    notify(`Confirmed ${counted(count, "point")}.`, "They are labels now; undo takes them back.");
  } else {
    notify("There is nothing to confirm.", "Every point that is seen in the picture is a label already.");
  }
}

/** @param {ActionParts} parts */
function trackingActions(parts) {
  const { run, filters, send, startRun } = parts;
  return {
    track: () => startRun("track"),
    refine: () => startRun("refine"),
    stop_run: () => {
      if (run.isActive) {
        send("stop_run");
      }
    },
    before: (/** @type {boolean} */ isHeld) => {
      (filters.preview ? filters : run).isComparing = isHeld;
    },
    filters: () => {
      filters.isOpen = !filters.isOpen && !run.isActive;
    },
    next_suggestion: () => goToSuggestion(parts, 1),
    previous_suggestion: () => goToSuggestion(parts, -1),
    next_doubtful: () => goToDoubtful(parts, 1),
    previous_doubtful: () => goToDoubtful(parts, -1),
  };
}

/**
 * Of the selected point, or of any when none is selected: the one found shows its name.
 *
 * @param {ActionParts} parts
 * @param {number} direction
 */
function goToDoubtful({ project, selection, playback, preferences, stage, notify }, direction) {
  const all = project.points.map((info) => info.key).filter((key) => !preferences.isHidden(key));
  const found = nextDoubtful(project, selection.point === null ? all : [selection.point], playback.frame, direction);
  if (!found) {
    const where = selection.point === null ? "No doubtful place" : "No doubtful place of this point";
    notify(`${where} ${direction > 0 ? "after" : "before"} this frame.`);
    return;
  }
  selection.hovered = found.key;
  showPlace({ project, playback, stage }, found);
}

/**
 * The place's point is selected, so that a nudge, a click or Enter labels it.
 *
 * @param {ActionParts} parts
 * @param {number} direction
 */
function goToSuggestion({ project, selection, playback, preferences, suggestions, stage, notify }, direction) {
  const place = suggestions.step(direction, (key) => !preferences.isHidden(key));
  if (place) {
    selection.individualId = project.point(place.key)?.individual.individual_id ?? selection.individualId;
    selection.point = place.key;
    showPlace({ project, playback, stage }, place);
  } else if (suggestions.places.length > 0) {
    notify(direction < 0 ? "This is the first place." : "That was the last place. Label or refine for others.");
  } else {
    const isTracked = suggestions.expectedShare !== null;
    notify(isTracked ? "Good enough: no single label is expected to gain much." : "Track first: then it is known where a label pays.");
  }
}

/**
 * @param {Pick<ActionParts, "project" | "playback" | "stage">} parts
 * @param {{ key: PointKey, frame: number }} place
 */
function showPlace({ project, playback, stage }, { key, frame }) {
  playback.pause();
  playback.goTo(frame);
  const placed = project.placedPoint(key, frame);
  if (placed && !stage.viewport.isFitted) {
    stage.viewport.reveal(placed);
  }
}

/** @param {ActionParts} parts */
function viewActions({ preferences, selection, stage }) {
  return {
    fit: () => stage.viewport.fit(),
    zoom_in: () => stage.viewport.zoom(ZOOM_STEP),
    zoom_out: () => stage.viewport.zoom(1 / ZOOM_STEP),
    hide_overlay: (/** @type {boolean} */ isHeld) => {
      stage.scene.isOverlayHidden = isHeld;
      stage.invalidateOverlay();
    },
    trails: () => preferences.set("trails", !preferences.get("trails")),
    names: () => preferences.set("names", !preferences.get("names")),
    hide_point: () => {
      if (selection.point !== null) {
        preferences.toggleHidden(selection.point);
      }
    },
    curves: () => preferences.set("curves", !preferences.get("curves")),
  };
}

/** @param {ActionParts} parts */
function generalActions({ project, selection, filters, labeling, send, cancelTool, focusFrame, showShortcuts, showHelp, notify }) {
  return {
    go_to_frame: focusFrame,
    undo: () => {
      labeling.finishNudge();
      if (project.undoTitle !== null || project.labels.pending.length > 0) {
        send("undo");
      }
    },
    redo: () => {
      if (project.redoTitle !== null) {
        send("redo");
      }
    },
    save: () => {
      labeling.finishNudge();
      send("save");
      notify("Everything is saved.", "TALPose writes every change to the disk as you make it.");
    },
    shortcuts: showShortcuts,
    help: showHelp,
    escape: () => {
      if (cancelTool()) {
        return;
      }
      if (selection.isAdding) {
        selection.isAdding = false;
      } else if (filters.isOpen) {
        filters.isOpen = false;
      } else if (selection.range) {
        selection.range = null;
      } else {
        selection.point = null;
      }
    },
  };
}
