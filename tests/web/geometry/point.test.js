import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, distance, isInside, translate } from "../../../talpose_app/web/geometry/point.js";

test("a point is on the picture from pixel edge to pixel edge", () => {
  assert.ok(isInside({ x: -0.5, y: -0.5 }, 10, 5));
  assert.ok(isInside({ x: 9.49, y: 4.49 }, 10, 5));
  assert.ok(!isInside({ x: 9.5, y: 0 }, 10, 5));
  assert.ok(!isInside({ x: 0, y: -0.51 }, 10, 5));
});

test("distance and translation", () => {
  assert.equal(distance({ x: 0, y: 0 }, { x: 3, y: 4 }), 5);
  assert.deepEqual(translate({ x: 1, y: 2 }, 0.1, -2), { x: 1.1, y: 0 });
  assert.equal(clamp(7, 0, 5), 5);
});
