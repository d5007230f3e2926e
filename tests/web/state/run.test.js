import assert from "node:assert/strict";
import { test } from "node:test";
import { PointTrack } from "../../../talpose_app/web/state/point_track.js";
import { RunModel } from "../../../talpose_app/web/state/run.js";

/** @param {object} changes */
const state = (changes = {}) => ({
  run_id: 1,
  kind: "refine",
  state: "running",
  tracker: "talpose-small",
  device: "cpu",
  step: 0,
  n_steps: 10,
  best_step: 0,
  stage: "",
  fraction: 0,
  losses: [],
  seconds: 0,
  error: null,
  held_out: null,
  ...changes,
});

/** @param {number} step @param {number} loss */
const update = (step, loss) => ({ run_id: 1, step, n_steps: 10, loss, seconds: step, is_best: true });

test("updates are counted from the start of each run, and losses collected", () => {
  const run = new RunModel();
  run.apply(state({ state: "starting" }), new Map());
  run.countUpdate(update(1, 0.9));
  run.apply(state({ step: 1, losses: [0.9] }), new Map());
  run.countUpdate(update(2, 0.7));
  assert.equal(run.nUpdates, 2);
  assert.deepEqual(run.run.losses, [0.9, 0.7]);
  assert.equal(run.run.best_step, 2);
  run.apply(state({ state: "done" }), new Map());
  assert.equal(run.nUpdates, 2);
  run.apply(state({ run_id: 2, state: "starting" }), new Map());
  assert.equal(run.nUpdates, 0);
});

test("the tracks before the run are kept as they were", () => {
  const run = new RunModel();
  const track = PointTrack.empty(2);
  track.positions[0] = 7;
  run.apply(state(), new Map([["1:1", track]]));
  track.positions[0] = 8;
  run.isComparing = true;
  assert.ok(run.isComparing);
  assert.equal(run.before.get("1:1").positions[0], 7);
});

test("a finished run heard of after a reload has nothing to compare with", () => {
  const run = new RunModel();
  run.load(state({ state: "done" }));
  run.isComparing = true;
  assert.equal(run.isComparing, false);
  assert.equal(run.isActive, false);
});

test("time left is told from what a step takes lately, not from the start", () => {
  const run = new RunModel();
  run.apply(state({ state: "starting" }), new Map());
  assert.ok(Number.isNaN(run.remainingSeconds));
  [9, 0.5, 0.5, 3, 0.5, 0.5].forEach((seconds, i) => run.countUpdate({ ...update(i + 1, 1), seconds }));
  assert.equal(run.remainingSeconds, 2);
  run.apply(state({ run_id: 2, state: "starting" }), new Map());
  assert.ok(Number.isNaN(run.remainingSeconds));
});

test("a step's seconds are not taken for those of the run", () => {
  const run = new RunModel();
  run.apply(state({ seconds: 12 }), new Map());
  run.countUpdate(update(1, 0.9));
  assert.equal(run.run.seconds, 12);
});

test("a stage tells what is left of it by its own pace", () => {
  const run = new RunModel();
  run.apply(state({ kind: "track", stage: "features", seconds: 4 }), new Map());
  assert.ok(Number.isNaN(run.stageRemainingSeconds));
  run.apply(state({ kind: "track", stage: "features", seconds: 24, fraction: 0.1 }), new Map());
  assert.equal(Math.round(run.stageRemainingSeconds), 180);
  run.apply(state({ kind: "track", stage: "paths", seconds: 30, fraction: 0 }), new Map());
  assert.ok(Number.isNaN(run.stageRemainingSeconds));
  run.apply(state({ kind: "track", stage: "paths", seconds: 40, fraction: 0.5 }), new Map());
  assert.equal(Math.round(run.stageRemainingSeconds), 10);
  run.apply(state({ kind: "track", stage: "paths", seconds: 41, fraction: 0 }), new Map());
  assert.ok(Number.isNaN(run.stageRemainingSeconds));
});

test("a run that was taken back can be put back, as long as nothing else has happened", () => {
  const run = new RunModel();
  run.apply(state(), new Map());
  run.noteChange(true, 7);
  run.apply(state({ state: "done" }), new Map());
  assert.equal(run.wayBack({ revision: 7, undoTitle: "Refine" }), null);
  run.noteChange(false, 8);
  assert.equal(run.wayBack({ revision: 8, undoTitle: "Place nose" }), "redo");
  assert.equal(run.wayBack({ revision: 8, undoTitle: "Revert refine" }), "undo");
  run.noteChange(false, 9);
  assert.equal(run.wayBack({ revision: 9, undoTitle: null }), null);
});

test("a run that was never kept has nothing to put back, whatever became of the one before", () => {
  const run = new RunModel();
  run.apply(state(), new Map());
  run.noteChange(true, 7);
  run.apply(state({ state: "done" }), new Map());
  run.noteChange(false, 8);
  run.apply(state({ run_id: 2 }), new Map());
  run.apply(state({ run_id: 2, state: "done" }), new Map());
  assert.equal(run.wayBack({ revision: 8, undoTitle: null }), null);
});
