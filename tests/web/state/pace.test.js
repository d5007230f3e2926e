import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedTime } from "../../../talpose_app/web/state/pace.js";

const pace = { kind: "track", tracker: "small", device: "auto", frame_s: 0.25, point_s: 0.125, is_measured: true };
const trackers = [
  { name: "large", is_installed: false },
  { name: "small", is_installed: true },
];
const work = { kind: "track", tracker: "auto", device: "auto", nFrames: 100, nPoints: 5 };

test("frames and points of frames take their time", () => {
  assert.deepEqual(expectedTime([pace], trackers, work), { seconds: 87.5, isMeasured: true });
  assert.equal(expectedTime([pace], trackers, { ...work, nPoints: 10 })?.seconds, 150);
});

test("automatic is the best tracker that is installed", () => {
  assert.equal(expectedTime([{ ...pace, tracker: "large" }], trackers, work), null);
  assert.notEqual(expectedTime([{ ...pace, tracker: "large" }], trackers, { ...work, tracker: "large" }), null);
});

test("another kind of run or another device tells nothing", () => {
  assert.equal(expectedTime([pace], trackers, { ...work, kind: "refine" }), null);
  assert.equal(expectedTime([pace], trackers, { ...work, device: "cuda" }), null);
});
