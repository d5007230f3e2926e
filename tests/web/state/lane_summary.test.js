import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeAxis } from "../../../talpose_app/web/geometry/time_axis.js";
import { confidenceColumns } from "../../../talpose_app/web/state/lane_summary.js";
import { PointTrack } from "../../../talpose_app/web/state/point_track.js";

/** @param {number} nFrames */
function sure(nFrames) {
  const track = PointTrack.empty(nFrames);
  track.positions.fill(1);
  track.confidence.fill(1);
  return track;
}

test("a dip of one frame in ten thousand is not lost", () => {
  const track = sure(10_000);
  track.confidence[4321] = 0.25;
  const columns = confidenceColumns(track, TimeAxis.whole(10_000, 800));
  assert.equal(columns.length, 800);
  assert.equal(columns[Math.floor((4321 / 10_000) * 800)], 0.25);
  assert.equal(columns.filter((value) => value < 1).length, 1);
});

test("a frame wider than a pixel fills all its columns", () => {
  const track = sure(10);
  track.confidence[3] = 0.5;
  const columns = confidenceColumns(track, TimeAxis.whole(10, 100));
  assert.deepEqual([...columns].map((value, i) => (value < 1 ? i : -1)).filter((i) => i >= 0), [30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
});

test("where nothing is predicted there is nothing", () => {
  const track = PointTrack.empty(20);
  track.positions[20] = 1;
  track.confidence[10] = 0.75;
  const columns = confidenceColumns(track, TimeAxis.whole(20, 20));
  assert.deepEqual([...columns].map(Number.isNaN).filter(Boolean).length, 19);
  assert.equal(columns[10], 0.75);
});
