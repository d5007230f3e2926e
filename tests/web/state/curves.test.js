import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeAxis } from "../../../talpose_app/web/geometry/time_axis.js";
import { curvesOf, extentOf, polylines } from "../../../talpose_app/web/state/curves.js";
import { PointTrack } from "../../../talpose_app/web/state/point_track.js";

/** @param {[number, number][]} positions */
function track(positions) {
  const made = PointTrack.empty(positions.length);
  made.positions.set(positions.flat());
  return made;
}

test("speed is pixels a second, from the frame before, at the video's own times", () => {
  const { x, y, speed } = curvesOf(track([[0, 0], [3, 4], [3, 4], [6, 8]]), [], [0, 0.5, 1, 3]);
  assert.deepEqual([...x], [0, 3, 3, 6]);
  assert.deepEqual([...y], [0, 4, 4, 8]);
  assert.deepEqual([...speed], [NaN, 10, 0, 2.5]);
});

test("labels stand over the track, absence leaves a hole", () => {
  const labels = [
    { frame: 1, label: { x: 7, y: 1 } },
    { frame: 2, label: { x: null, y: null } },
  ];
  const { x, speed } = curvesOf(track([[0, 1], [3, 1], [3, 1], [3, 1]]), labels, [0, 1, 2, 3]);
  assert.deepEqual([...x], [0, 7, NaN, 3]);
  assert.deepEqual([...speed], [NaN, 7, NaN, NaN]);
});

test("a point without a track has its labels only", () => {
  const { x } = curvesOf(null, [{ frame: 1, label: { x: 2, y: 2 } }], [0, 1, 2]);
  assert.deepEqual([...x], [NaN, 2, NaN]);
});

test("the extent is that of the frames on the axis", () => {
  const values = new Float32Array([9, 1, 2, NaN, 5, -9]);
  const axis = new TimeAxis(6, 160, 40, 1);
  assert.deepEqual(extentOf([values], axis), { low: 1, high: 5 });
  assert.equal(extentOf([new Float32Array(6).fill(NaN)], axis), null);
});

test("a line breaks where there is no value", () => {
  const pieces = polylines(new Float32Array([1, 2, NaN, 4]), TimeAxis.whole(4, 40));
  assert.deepEqual(pieces, [[{ x: 5, value: 1 }, { x: 15, value: 2 }], [{ x: 35, value: 4 }]]);
});

test("a spike of one frame survives in a video of many frames a pixel", () => {
  const values = new Float32Array(10_000);
  values[5123] = 80;
  const pieces = polylines(values, TimeAxis.whole(10_000, 500));
  assert.equal(pieces.length, 1);
  const points = pieces.flat();
  assert.ok(points.length < 600);
  assert.equal(Math.max(...points.map(({ value }) => value)), 80);
});
