import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, formatDay, formatDuration, formatRate, formatRoughly, formatSize, formatTime } from "../../../talpose_app/web/state/format.js";

test("times", () => {
  assert.equal(formatTime(4.266), "0:04.27");
  assert.equal(formatTime(59.999), "1:00.00");
  assert.equal(formatTime(3723.5), "1:02:03.50");
  assert.equal(formatTime(NaN), "–");
});

test("durations, sizes, counts", () => {
  assert.equal(formatDuration(8.4), "8 s");
  assert.equal(formatDuration(65), "1 min 05 s");
  assert.equal(formatDuration(7800), "2 h 10 min");
  assert.equal(formatSize(893943), "894 kB");
  assert.equal(formatSize(4_200_000), "4.2 MB");
  assert.equal(counted(1, "label"), "1 label");
  assert.equal(counted(0, "label"), "0 labels");
});

test("forecasts are no more exact than they can be", () => {
  assert.deepEqual([3, 22, 54, 61, 200, 7800].map(formatRoughly), ["10 s", "20 s", "50 s", "1 min", "3 min", "2 h"]);
  assert.equal(formatRoughly(5400), "1.5 h");
});

test("days", () => {
  const now = new Date(2026, 10, 23, 9);
  assert.equal(formatDay(new Date(2026, 10, 23, 1).toISOString(), now), "today");
  assert.equal(formatDay(new Date(2026, 10, 22, 23).toISOString(), now), "yesterday");
  assert.equal(formatDay(new Date(2026, 10, 18, 8).toISOString(), now), "5 days ago");
  assert.equal(formatDay("nonsense", now), "");
});

test("a rate is told with what it does not say", () => {
  const video = { fps: 29.97003, n_frames: 90, is_variable_rate: false };
  assert.equal(formatRate(video), "29.97 fps");
  assert.equal(formatRate({ ...video, fps: 25, is_variable_rate: true }), "25 fps, variable");
  assert.equal(formatRate({ ...video, fps: 0, n_frames: 1 }), "1 frame");
});
