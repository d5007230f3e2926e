import assert from "node:assert/strict";
import { test } from "node:test";
import { explainError, formatPx, newestErrors, tellError } from "../../../talpose_app/web/state/held_out.js";
import { ProjectModel } from "../../../talpose_app/web/state/project.js";
import { projectChanged, projectState } from "./fixtures.js";

/** @param {number} keypointId @param {number} median */
const point = (keypointId, median) => ({ individual_id: 1, keypoint_id: keypointId, n: 4, median_px: median, p90_px: 9, is_stale: false });

/** @param {number} id @param {object[] | null} points */
const run = (id, points) => ({ run_id: id, held_out: points && { n: 4, median_px: 1, p90_px: 9, points, sentence: "." } });

test("each point has the number of its latest run that hid its labels", () => {
  const errors = newestErrors([run(1, [point(1, 5), point(2, 6)]), run(2, [point(1, 3)]), run(3, null)]);
  assert.deepEqual([...errors.keys()], ["1:1", "1:2"]);
  assert.equal(errors.get("1:1").median_px, 3);
  assert.equal(errors.get("1:2").median_px, 6);
});

test("what is undone is not shown any more", () => {
  const project = new ProjectModel();
  project.open(projectState({ runs: [run(1, [point(1, 5)])] }));
  assert.equal(project.heldOut.get("1:1").median_px, 5);
  project.applyChange(projectChanged({ runs: [run(1, [point(1, 5)]), run(2, [point(1, 2)])] }));
  assert.equal(project.heldOut.get("1:1").median_px, 2);
  assert.equal(project.heldOutOfRun(2)?.points[0]?.median_px, 2);
  assert.equal(project.heldOutOfRun(3), null);
  project.applyChange(projectChanged({ runs: [] }));
  assert.equal(project.heldOut.size, 0);
});

test("pixels have the digits that mean something", () => {
  assert.equal(formatPx(0.434), "0.43 px");
  assert.equal(formatPx(0.999), "1.0 px");
  assert.equal(formatPx(2.81), "2.8 px");
  assert.equal(formatPx(32.49), "32 px");
});

test("the tooltip says how many, how far, and how it was found", () => {
  const words = explainError(point(1, 2.5));
  assert.match(words, /^4 labels hidden/);
  assert.match(words, /2\.5 px/);
  assert.match(words, /9\.0 px/);
  assert.match(words, /without the network/);
  assert.doesNotMatch(words, /changed since/);
  assert.match(explainError({ ...point(1, 2.5), is_stale: true }), /have changed since: Refine/);
});

test("an error is told without words that have to be looked up", () => {
  const told = tellError({ n: 12, median_px: 2.5, p90_px: 11 });
  assert.equal(told, "12 labels hidden and found again: half within 2.5 px, nine in ten within 11 px.");
});
