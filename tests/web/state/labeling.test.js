import assert from "node:assert/strict";
import { test } from "node:test";
import { Labeling } from "../../../talpose_app/web/state/labeling.js";
import { ProjectModel } from "../../../talpose_app/web/state/project.js";
import { label, projectState, track } from "./fixtures.js";

/** @param {object} changes */
function setUp(changes = {}) {
  const project = new ProjectModel();
  project.open(projectState(changes));
  const sent = [];
  const failures = [];
  const link = {
    answer: async () => ({ type: "done" }),
    request(type, fields) {
      sent.push({ type, ...fields });
      return this.answer(type);
    },
  };
  const labeling = new Labeling({ project, link, onFailure: (error) => failures.push(error) });
  return { project, sent, failures, link, labeling };
}

/** Let the promises of a request settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("placing sends one label at full precision", async () => {
  const { project, sent, labeling } = setUp();
  labeling.place("1:1", 4, { x: 1 / 3, y: 2 / 3 });
  assert.deepEqual(sent, [{ type: "set_labels", labels: [label(1, 4, 1 / 3, 2 / 3)], title: "Place nose" }]);
  await settled();
  assert.equal(project.labels.pending.length, 0);
  assert.equal(project.labelAt("1:1", 4).x, 1 / 3);
});

test("a drag sends nothing until it ends", () => {
  const { project, sent, labeling } = setUp({ tracks: [track(1, 10)] });
  labeling.showDraft("1:1", 2, { x: 8, y: 9 });
  labeling.showDraft("1:1", 2, { x: 9, y: 9 });
  assert.equal(sent.length, 0);
  labeling.keepDraft();
  assert.equal(sent.length, 1);
  assert.equal(sent[0].labels[0].x, 9);
  assert.equal(project.draft, null);
});

test("nudges add up to one edit", () => {
  const { sent, labeling } = setUp({ labels: [label(1, 2, 5, 5)] });
  labeling.nudge("1:1", 2, 1, 0);
  labeling.nudge("1:1", 2, 1, 0);
  labeling.nudge("1:1", 2, 0, -0.1);
  labeling.finishNudge();
  labeling.finishNudge();
  assert.equal(sent.length, 1);
  assert.deepEqual(sent[0].labels, [label(1, 2, 7, 4.9)]);
});

test("nudges of another point or frame are edits of their own", () => {
  const { sent, labeling } = setUp({ labels: [label(1, 2, 5, 5), label(2, 2, 8, 8), label(2, 3, 9, 9)] });
  labeling.nudge("1:1", 2, 1, 0);
  labeling.nudge("1:2", 2, 1, 0);
  labeling.nudge("1:2", 3, 0, 1);
  labeling.finishNudge();
  assert.deepEqual(
    sent.map(({ labels }) => labels),
    [[label(1, 2, 6, 5)], [label(2, 2, 9, 8)], [label(2, 3, 9, 10)]],
  );
});

test("a break of the line forgets no nudge that is not sent yet", () => {
  const state = { labels: [label(1, 2, 5, 5)] };
  const { project, sent, labeling } = setUp(state);
  labeling.nudge("1:1", 2, 1, 0);
  project.open(projectState(state));
  labeling.finishNudge();
  assert.deepEqual(sent[0]?.labels, [label(1, 2, 6, 5)]);
});

test("a nudge of a prediction makes a label; of nothing, nothing", () => {
  const { sent, labeling } = setUp({ tracks: [track(1, 10)] });
  assert.equal(labeling.nudge("1:2", 2, 1, 0), false);
  assert.equal(labeling.nudge("1:1", 2, 1, 0), true);
  labeling.finishNudge();
  assert.equal(sent[0].labels[0].x, 3);
});

test("occluded toggles and keeps the place; an occluded point that is moved stays occluded", () => {
  const { sent, labeling } = setUp({ labels: [label(1, 2, 5, 6)] });
  labeling.toggleOccluded("1:1", 2);
  labeling.place("1:1", 2, { x: 7, y: 8 });
  labeling.toggleOccluded("1:1", 2);
  assert.deepEqual(
    sent.map(({ labels }) => [labels[0].x, labels[0].visibility]),
    [[5, "occluded"], [7, "occluded"], [7, "visible"]],
  );
});

test("absent has no place, and taking it back removes the label", () => {
  const { sent, labeling } = setUp();
  labeling.toggleAbsent("1:1", 3);
  assert.deepEqual(sent[0].labels, [label(1, 3, null, null, "absent")]);
  labeling.toggleAbsent("1:1", 3);
  assert.deepEqual(sent[1], { type: "delete_labels", places: [{ individual_id: 1, keypoint_id: 1, frame_idx: 3 }] });
});

test("only predictions can be confirmed, only labels deleted", () => {
  const { sent, labeling } = setUp({ labels: [label(1, 2, 2, 20)], tracks: [track(1, 10, () => 1)] });
  labeling.accept("1:1", 2);
  assert.equal(sent.length, 0);
  labeling.accept("1:1", 3);
  assert.deepEqual(sent[0].labels, [label(1, 3, 3, 30)]);
  assert.equal(labeling.remove("1:1", 5), false);
  assert.equal(labeling.remove("1:1", 2), true);
});

test("all predictions of a frame are confirmed in one step, labels and what lies outside are left", () => {
  const tracks = [track(1, 10, () => 1), track(2, 10, () => 1)];
  const { sent, labeling } = setUp({ labels: [label(1, 2, 2, 20)], tracks });
  assert.equal(labeling.acceptAll(["1:1", "1:2"], 2), 1);
  assert.deepEqual(sent[0].labels.map((one) => one.keypoint_id), [2]);
  assert.equal(labeling.acceptAll(["1:1", "1:2"], 3), 2);
  assert.equal(sent[1].title, "Confirm 2 points");
  assert.equal(labeling.acceptAll(["1:1", "1:2"], 3), 0);
  assert.equal(sent.length, 2);
});

test("a refused edit is taken back and told; one lost with the line is kept and sent again", async () => {
  const { project, sent, failures, link, labeling } = setUp();
  link.answer = () => Promise.reject({ message: "no", hint: "", isDisconnected: false });
  labeling.place("1:1", 1, { x: 1, y: 1 });
  await settled();
  assert.equal(project.labelAt("1:1", 1), null);
  link.answer = () => Promise.reject({ message: "gone", hint: "", isDisconnected: true });
  labeling.place("1:1", 2, { x: 2, y: 2 });
  await settled();
  assert.equal(project.labelAt("1:1", 2).x, 2);
  assert.equal(failures.length, 2);
  link.answer = async () => ({ type: "done" });
  labeling.resend();
  await settled();
  assert.equal(sent.length, 3);
  assert.equal(project.labels.pending.length, 0);
});

test("a read-only project is never changed", () => {
  const { sent, labeling } = setUp({ labels: [label(1, 2)], save: { state: "read_only", error: null } });
  labeling.place("1:1", 1, { x: 1, y: 1 });
  labeling.toggleOccluded("1:1", 2);
  labeling.nudge("1:1", 2, 1, 1);
  labeling.finishNudge();
  assert.equal(sent.length, 0);
});

test("a new keypoint and its first label are one command", async () => {
  const { sent, link, labeling } = setUp();
  link.answer = async () => ({ keypoint_id: 2 });
  assert.equal(await labeling.addKeypoint(1, 6, { x: 1 / 3, y: 4 }), "1:2");
  assert.deepEqual(sent, [{ type: "add_keypoint", label: { individual_id: 1, frame_idx: 6, x: 1 / 3, y: 4 } }]);
});
