import assert from "node:assert/strict";
import { test } from "node:test";
import { guideHint } from "../../../talpose_app/web/state/guide.js";

const START = {
  nPoints: 0,
  nLabels: 0,
  nKeyframes: 0,
  hasTracks: false,
  nRefined: 0,
  isAdding: false,
  isRunning: false,
  isReadOnly: false,
};

test("the guide leads from the first keypoint to the first refinement", () => {
  assert.equal(guideHint(START)?.step, 2);
  assert.equal(guideHint({ ...START, nPoints: 3, nLabels: 3, nKeyframes: 1 })?.step, 3);
  assert.equal(guideHint({ ...START, nPoints: 3, nLabels: 3, nKeyframes: 1, hasTracks: true })?.step, 4);
  assert.equal(guideHint({ ...START, nPoints: 3, hasTracks: true, nRefined: 1 }), null);
});

test("the guide keeps quiet while something goes on", () => {
  assert.equal(guideHint({ ...START, isRunning: true }), null);
  assert.equal(guideHint({ ...START, isReadOnly: true }), null);
  assert.equal(guideHint({ ...START, nPoints: 1, isAdding: true }), null);
});
