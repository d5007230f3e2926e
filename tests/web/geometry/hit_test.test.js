import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestWithin } from "../../../talpose_app/web/geometry/hit_test.js";

const candidates = [
  { key: "a", at: { x: 0, y: 0 } },
  { key: "b", at: { x: 10, y: 0 } },
];

test("the nearest within reach is hit", () => {
  assert.equal(nearestWithin({ x: 7, y: 0 }, candidates, 14), "b");
  assert.equal(nearestWithin({ x: 2, y: 1 }, candidates, 14), "a");
});

test("nothing is hit out of reach", () => {
  assert.equal(nearestWithin({ x: 0, y: 15 }, candidates, 14), null);
  assert.equal(nearestWithin({ x: 0, y: 0 }, [], 14), null);
});

test("the selected point wins where both are close", () => {
  assert.equal(nearestWithin({ x: 6, y: 0 }, candidates, 14, "a"), "a");
});

test("the selected point does not win over one clearly nearer", () => {
  assert.equal(nearestWithin({ x: 10, y: 0 }, candidates, 14, "a"), "b");
  assert.equal(nearestWithin({ x: 10, y: 0 }, candidates, 6, "a"), "b");
});
