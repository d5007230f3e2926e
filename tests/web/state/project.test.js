import assert from "node:assert/strict";
import { test } from "node:test";
import { ProjectModel } from "../../../talpose_app/web/state/project.js";
import { f4, label, projectChanged, projectState, track, u1 } from "./fixtures.js";

/** @param {object} changes */
function opened(changes = {}) {
  const project = new ProjectModel();
  project.open(projectState(changes));
  return project;
}

test("a label is shown where it was put, not where the tracker thinks", () => {
  const x = 3.123456789012345;
  const project = opened({ labels: [label(1, 2, x, 4)], tracks: [track(1, 10)] });
  const placed = project.placedPoint("1:1", 2);
  assert.deepEqual(placed, { x, y: 4, isLabel: true, visibility: "visible", confidence: 1 });
  assert.equal(project.placedPoint("1:1", 3).isLabel, false);
  assert.equal(project.placedPoint("1:2", 3), null);
});

test("an absent label has the prediction's place", () => {
  const project = opened({ labels: [label(1, 2, null, null, "absent")], tracks: [track(1, 10)] });
  assert.equal(project.placedPoint("1:1", 2).visibility, "absent");
  assert.equal(project.placedPoint("1:1", 2).x, 2);
});

test("a change of the project changes what it names and nothing else", () => {
  const project = opened({ labels: [label(1, 0), label(2, 0)], tracks: [track(1, 10), track(2, 10)] });
  const kept = project.made.get("1:1");
  let nPoints = 0;
  project.on("points", () => nPoints++);
  project.applyChange(
    projectChanged({
      labels_set: [label(1, 5)],
      labels_deleted: [label(2, 0)],
      tracks_deleted: [{ individual_id: 1, keypoint_id: 2 }],
      undo_title: "Set label",
    }),
  );
  assert.equal(project.made.get("1:1"), kept);
  assert.equal(project.tracks.has("1:2"), false);
  assert.deepEqual(project.labels.shown.frames("1:1"), [0, 5]);
  assert.equal(project.labels.shown.count("1:2"), 0);
  assert.equal(project.undoTitle, "Set label");
  assert.equal(nPoints, 0);
});

test("a track update writes its span of its points and leaves labels alone", () => {
  const project = opened({ labels: [label(1, 4, 50, 51)], tracks: [track(1, 10)] });
  project.applyTrackUpdate({
    start: 4,
    points: [{ individual_id: 1, keypoint_id: 2 }, { individual_id: 1, keypoint_id: 1 }],
    positions: f4([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
    visibility: u1([1, 0, 1, 1], [2, 2]),
    confidence: f4([0.5, 0.25, 0.75, 1], [2, 2]),
  });
  const first = project.made.get("1:1");
  assert.deepEqual([first.x(3), first.x(4), first.y(5), first.x(6)], [3, 3, 8, 6]);
  const second = project.made.get("1:2");
  assert.equal(second.has(3), false);
  assert.deepEqual([second.x(4), second.y(4), second.confidence[5], second.visibility[4]], [1, 2, 0.75, 1]);
  assert.equal(project.placedPoint("1:1", 4).x, 50);
});

test("a draft is shown and forgotten without a trace", () => {
  const project = opened({ labels: [label(1, 2, 3, 4)] });
  project.draft = label(1, 2, 30, 40);
  assert.equal(project.placedPoint("1:1", 2).x, 30);
  project.draft = null;
  assert.equal(project.placedPoint("1:1", 2).x, 3);
});

test("opening another project forgets edits of the one before", () => {
  const project = opened();
  project.beginLabelEdit({ title: "", set: [label(1, 1)], deleted: [] });
  project.open(projectState({ name: "other" }));
  assert.equal(project.labels.pending.length, 0);
  assert.equal(project.labels.shown.size, 0);
});

/** @param {ProjectModel} project @param {number} frame */
const xAt = (project, frame) => project.tracks.get("1:1")?.x(frame);

test("the track bends with the hand, from the track as made, and back when the hand lets go of nothing", () => {
  const project = opened({ tracks: [track(1, 10, () => 1)] });
  const before = project.tracks.get("1:1");
  for (const x of [9, 20, 14]) {
    project.draft = label(1, 4, x, 40);
  }
  const once = opened({ tracks: [track(1, 10, () => 1)] });
  once.draft = label(1, 4, 14, 40);
  assert.equal(xAt(project, 4), 14);
  assert.ok((xAt(project, 5) ?? 0) > 10);
  assert.deepEqual(project.tracks.get("1:1")?.positions, once.tracks.get("1:1")?.positions);
  project.draft = null;
  assert.equal(project.tracks.get("1:1"), before);
});

test("an edit bends the track before the server has heard of it, and a refused one not longer", () => {
  const project = opened({ tracks: [track(1, 10)] });
  const pending = project.beginLabelEdit({ title: "", set: [label(1, 4, 14, 40)], deleted: [] });
  assert.equal(xAt(project, 4), 14);
  const shown = project.tracks.get("1:1")?.positions;
  project.applyChange(projectChanged({ labels_set: [label(1, 4, 14, 40)] }));
  project.settleLabelEdit(pending, true);
  assert.deepEqual(project.tracks.get("1:1")?.positions, shown);
  const refused = project.beginLabelEdit({ title: "", set: [label(1, 4, 90, 40)], deleted: [] });
  assert.equal(xAt(project, 4), 90);
  project.settleLabelEdit(refused, false);
  assert.deepEqual(project.tracks.get("1:1")?.positions, shown);
});

test("a step that does not know the label yet cannot throw the track back", () => {
  const project = opened({ tracks: [track(1, 10)] });
  project.beginLabelEdit({ title: "", set: [label(1, 4, 14, 40)], deleted: [] });
  const step = (/** @type {number} */ shift) => ({
    start: 0,
    points: [{ individual_id: 1, keypoint_id: 1 }],
    positions: f4([...Array(10).keys()].flatMap((frame) => [frame + shift, 10 * frame]), [10, 1, 2]),
    visibility: u1(Array(10).fill(1), [10, 1]),
    confidence: f4(Array(10).fill(1), [10, 1]),
  });
  project.applyTrackUpdate(step(0));
  assert.equal(xAt(project, 4), 14);
  assert.ok((xAt(project, 5) ?? 0) > 10);
  project.applyTrackUpdate(step(10));
  assert.deepEqual([xAt(project, 3), xAt(project, 4), xAt(project, 5)], [13, 14, 15]);
});

test("tracks of another time are seen through the labels of now", () => {
  const project = opened({ labels: [label(1, 4, 14, 40)] });
  const made = opened({ tracks: [track(1, 10)] }).made;
  assert.equal(project.throughLabels(made).get("1:1")?.x(4), 14);
  assert.equal(project.throughLabels(made), project.throughLabels(made));
});
