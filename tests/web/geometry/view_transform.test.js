import assert from "node:assert/strict";
import { test } from "node:test";
import { ViewTransform } from "../../../talpose_app/web/geometry/view_transform.js";

test("the center of the top-left pixel is (0, 0), half a pixel from the picture's corner", () => {
  const view = new ViewTransform(10, 100, 200);
  assert.deepEqual(view.toScreen({ x: 0, y: 0 }), { x: 105, y: 205 });
  assert.deepEqual(view.toImage({ x: 100, y: 200 }), { x: -0.5, y: -0.5 });
});

test("screen and image are inverse to each other", () => {
  const view = new ViewTransform(3.7, -41.25, 17.5);
  for (const point of [{ x: 0, y: 0 }, { x: 12.3456789, y: 700.25 }, { x: -8, y: 1 / 3 }]) {
    const back = view.toImage(view.toScreen(point));
    assert.ok(Math.abs(back.x - point.x) < 1e-9 && Math.abs(back.y - point.y) < 1e-9);
  }
});

test("zooming keeps what is under the pointer", () => {
  const view = new ViewTransform(2, 30, 40);
  const pointer = { x: 311, y: 97 };
  const before = view.toImage(pointer);
  const after = view.zoomedAt(pointer, 3.3).toImage(pointer);
  assert.ok(Math.abs(before.x - after.x) < 1e-9 && Math.abs(before.y - after.y) < 1e-9);
});

test("zoom stops at its limits, with the anchor still in place", () => {
  const view = new ViewTransform(60, 0, 0).zoomedAt({ x: 10, y: 10 }, 100);
  assert.equal(view.scale, 64);
  assert.ok(Math.abs(view.toImage({ x: 10, y: 10 }).x - (10 / 60 - 0.5)) < 1e-9);
});

test("fit shows the whole picture in the middle", () => {
  const view = ViewTransform.fit(200, 100, 420, 420, 10);
  assert.equal(view.scale, 2);
  assert.equal(view.left, 10);
  assert.equal(view.top, 110);
});

test("a picture cannot be pushed out of the box", () => {
  const view = new ViewTransform(1, 5000, -5000).kept(100, 100, 300, 300, 40);
  assert.equal(view.left, 260);
  assert.equal(view.top, -60);
  const inside = new ViewTransform(1, 50, 50);
  assert.equal(inside.kept(100, 100, 300, 300, 40), inside);
});
