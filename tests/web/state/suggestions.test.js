import assert from "node:assert/strict";
import { test } from "node:test";
import { SuggestionModel } from "../../../talpose_app/web/state/suggestions.js";

/** @param {[number, number, number][]} places keypoint, frame, gain */
function loaded(places) {
  const model = new SuggestionModel();
  const asSent = places.map(([keypoint, frame, gain]) => ({ individual_id: 1, keypoint_id: keypoint, frame_idx: frame, gain }));
  model.load({ type: "suggestions", id: 1, places: asSent, expected_share: 0.9 });
  return model;
}

const all = () => true;

test("the list is gone through best first, and back", () => {
  const model = loaded([[1, 40, 9], [2, 7, 5], [1, 3, 2]]);
  assert.deepEqual([1, 1, -1, 1, 1, 1].map((step) => model.step(step, all)?.frame ?? null), [40, 7, 40, 7, 3, null]);
  assert.equal(model.step(-1, all).frame, 7);
  assert.equal(model.expectedShare, 0.9);
});

test("a frame is one step, whatever points it names", () => {
  const model = loaded([[1, 40, 9], [2, 40, 5], [1, 7, 4], [2, 7, 3]]);
  assert.deepEqual([1, 1, 1, -1].map((step) => model.step(step, all)?.frame ?? null), [40, 7, null, 40]);
  assert.equal(model.step(1, (key) => key === "1:2").key, "1:2");
  assert.equal(model.bestGain, 14);
});

test("new places start it anew", () => {
  const model = loaded([[1, 40, 9], [2, 7, 5]]);
  model.step(1, all);
  model.load({ type: "suggestions", id: 2, places: [{ individual_id: 1, keypoint_id: 2, frame_idx: 7, gain: 5 }], expected_share: 1 });
  assert.equal(model.step(1, all).frame, 7);
});

test("points that are not wanted are passed over", () => {
  const model = loaded([[1, 40, 9], [2, 7, 5], [1, 3, 2]]);
  assert.equal(model.step(1, (key) => key === "1:2").frame, 7);
  assert.equal(model.step(1, (key) => key === "1:2"), null);
});

test("frames are known by point for the timeline, and none without tracks", () => {
  const model = loaded([[1, 40, 9], [2, 7, 5], [1, 3, 2]]);
  assert.deepEqual(model.framesOf("1:1"), [40, 3]);
  assert.deepEqual(model.framesOf("1:9"), []);
  model.clear();
  assert.deepEqual([model.places.length, model.framesOf("1:1").length, model.expectedShare], [0, 0, null]);
});
