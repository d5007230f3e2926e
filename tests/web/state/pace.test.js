import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedTime } from "../../../talpose_app/web/state/pace.js";

const pace = { kind: "track", tracker: "auto", device: "auto", frame_s: 0.25, point_s: 0.125, is_measured: true };
const work = { kind: "track", tracker: "auto", device: "auto", nFrames: 100, nPoints: 5 };

test("frames and points of frames take their time", () => {
  assert.deepEqual(expectedTime([pace], work), { seconds: 87.5, isMeasured: true });
  assert.equal(expectedTime([pace], { ...work, nPoints: 10 })?.seconds, 150);
});

test("another kind of run, tracker or device tells nothing", () => {
  assert.equal(expectedTime([pace], { ...work, kind: "refine" }), null);
  assert.equal(expectedTime([pace], { ...work, tracker: "small" }), null);
  assert.equal(expectedTime([pace], { ...work, device: "cuda" }), null);
});
