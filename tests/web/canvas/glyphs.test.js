import assert from "node:assert/strict";
import { test } from "node:test";
import { shapeIndex } from "../../../talpose_app/web/canvas/glyphs.js";

test("the first 72 keypoints differ in color or outline", () => {
  const looks = new Set(Array.from({ length: 72 }, (_, order) => `${order % 12} ${shapeIndex(order)}`));
  assert.equal(looks.size, 72);
});
