import assert from "node:assert/strict";
import { test } from "node:test";
import { doubtfulFrames, nextDoubtful, nextIn, nextUnplaced } from "../../../talpose_app/web/state/navigation.js";
import { ProjectModel } from "../../../talpose_app/web/state/project.js";
import { label, projectState, track } from "./fixtures.js";

test("the next frame of a list, both ways, and none at the ends", () => {
  const frames = [2, 5, 9];
  assert.equal(nextIn(frames, 5, 1), 9);
  assert.equal(nextIn(frames, 5, -1), 2);
  assert.equal(nextIn(frames, 4, -1), 2);
  assert.equal(nextIn(frames, 9, 1), null);
  assert.equal(nextIn([], 0, -1), null);
});

/** Doubtful in 2..4 (worst 3) and 8..9 (worst 9). */
const CONFIDENCE = [0.9, 0.8, 0.4, 0.1, 0.3, 0.9, 0.9, 0.9, 0.45, 0.2];

/** @param {object} changes */
function opened(changes = {}) {
  const project = new ProjectModel();
  project.open(projectState({ tracks: [track(1, 10, (frame) => CONFIDENCE[frame])], ...changes }));
  return project;
}

test("one frame per doubtful stretch, the worst", () => {
  assert.deepEqual(doubtfulFrames(opened().tracks.get("1:1"), []), [3, 9]);
});

test("a labeled frame is not doubtful", () => {
  assert.deepEqual(doubtfulFrames(opened().tracks.get("1:1"), [3, 8, 9]), [2, 4]);
});

test("the next doubtful place of any point", () => {
  const project = opened({ tracks: [track(1, 10, (frame) => CONFIDENCE[frame]), track(2, 10, (f) => (f === 6 ? 0 : 1))] });
  const keys = ["1:1", "1:2"];
  assert.deepEqual(nextDoubtful(project, keys, 3, 1), { key: "1:2", frame: 6 });
  assert.deepEqual(nextDoubtful(project, keys, 6, -1), { key: "1:1", frame: 3 });
  assert.equal(nextDoubtful(project, keys, 9, 1), null);
});

test("the next point without a place, in the order of the list, round the end", () => {
  const project = new ProjectModel();
  project.open(projectState({ labels: [label(2, 0)] }));
  assert.equal(nextUnplaced(project, ["1:1", "1:2"], "1:1", 0), "1:1");
  assert.equal(nextUnplaced(project, ["1:1", "1:2"], "1:1", 1), "1:2");
  project.open(projectState({ labels: [label(1, 0), label(2, 0)] }));
  assert.equal(nextUnplaced(project, ["1:1", "1:2"], "1:1", 0), null);
});
