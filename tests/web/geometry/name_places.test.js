import assert from "node:assert/strict";
import { test } from "node:test";
import { placeNames } from "../../../talpose_app/web/geometry/name_places.js";

const LOOK = { height: 10, dx: 8, dy: 10, radius: 4 };

/** @param {number} x @param {number} y */
const named = (x, y, isForced = false) => ({ at: { x, y }, width: 40, isForced });

test("a name alone stands right above its point", () => {
  assert.deepEqual(placeNames([named(100, 100)], LOOK), [{ x: 108, y: 90 }]);
});

test("no two names overlap, and none covers a point", () => {
  const points = [named(100, 100), named(104, 96), named(118, 92), named(96, 108)];
  const places = placeNames(points, LOOK);
  const boxes = places.filter(Boolean).map(({ x, y }) => ({ left: x, right: x + 40, top: y - 5, bottom: y + 5 }));
  assert.ok(boxes.length >= 3);
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
    }
    const own = points.filter((_, k) => places[k] !== null)[i];
    for (const { at } of points.filter((point) => point !== own)) {
      assert.ok(at.x + 4 <= a.left || at.x - 4 >= a.right || at.y + 4 <= a.top || at.y - 4 >= a.bottom);
    }
  });
});

test("where there is no room a name is left out, unless it must be shown", () => {
  const crowd = Array.from({ length: 60 }, (_, i) => named(100 + (i % 10) * 6, 100 + Math.floor(i / 10) * 6));
  const places = placeNames([...crowd, named(127, 115, true)], LOOK);
  assert.ok(places.slice(0, 60).includes(null));
  assert.notEqual(places[60], null);
});
