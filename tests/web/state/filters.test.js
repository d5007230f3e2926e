import assert from "node:assert/strict";
import { test } from "node:test";
import { FilterModel } from "../../../talpose_app/web/state/filters.js";
import { PointTrack } from "../../../talpose_app/web/state/point_track.js";

const FILTERS = [
  { name: "kalman", title: "Kalman", text: "", parameters: [{ name: "noise", default: null }] },
  { name: "savgol", title: "SG", text: "", parameters: [{ name: "window", default: 7 }, { name: "order", default: 3 }] },
];
const NOTHING = { point: null, range: null };

function made() {
  const filters = new FilterModel();
  filters.filters = FILTERS;
  return filters;
}

/** @param {Float32Array | Uint8Array} values @param {string} dtype @param {number[]} shape */
const block = (values, dtype, shape) => ({ dtype, shape, data: new Uint8Array(values.buffer) });

/** @param {number[]} nChanged of two points, two frames from frame 1 on */
function reply(nChanged) {
  return {
    start: 1,
    points: [{ individual_id: 1, keypoint_id: 1 }, { individual_id: 1, keypoint_id: 2 }],
    positions: block(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]), "f4", [2, 2, 2]),
    visibility: block(new Uint8Array([1, 1, 1, 0]), "u1", [2, 2]),
    confidence: block(new Float32Array([0.5, 0.5, 0.5, 0.25]), "f4", [2, 2]),
    n_changed: nChanged,
    mean_px: 1.5,
    max_px: 2,
  };
}

const project = () => ({ nFrames: 4, tracks: new Map([["1:1", PointTrack.empty(4)], ["1:2", PointTrack.empty(4)]]) });

test("settings are the defaults until the user sets them, each filter by itself", () => {
  const filters = made();
  assert.deepEqual(filters.settings(NOTHING), { name: "kalman", parameters: { noise: null }, points: null, start: null, stop: null });
  filters.choose("savgol");
  filters.setValue("window", 11);
  assert.deepEqual(filters.settings(NOTHING).parameters, { window: 11, order: 3 });
  filters.choose("kalman");
  filters.setValue("noise", 2);
  filters.setValue("noise", null);
  assert.deepEqual(filters.settings(NOTHING).parameters, { noise: null });
  filters.choose("savgol");
  assert.equal(filters.value("window"), 11);
  filters.reset();
  assert.equal(filters.value("window"), 7);
});

test("the range and the selected point narrow it", () => {
  const filters = made();
  filters.isForPoint = true;
  assert.equal(filters.settings(NOTHING), null);
  const asked = filters.settings({ point: "1:2", range: { start: 3, stop: 9 } });
  assert.deepEqual(asked.points, [{ individual_id: 1, keypoint_id: 2 }]);
  assert.deepEqual([asked.start, asked.stop], [3, 9]);
});

test("a preview holds copies of the tracks that would change, and leaves the project's alone", () => {
  const filters = made();
  filters.isOpen = true;
  const own = project();
  filters.showPreview(reply([0, 2]), own);
  assert.deepEqual([...filters.preview.tracks.keys()], ["1:2"]);
  const track = filters.preview.tracks.get("1:2");
  assert.deepEqual([track.x(1), track.y(1), track.x(2), track.y(2)], [3, 4, 7, 8]);
  assert.equal(track.has(0), false);
  assert.equal(own.tracks.get("1:2").has(1), false);
  assert.deepEqual([filters.preview.nChanged, filters.preview.nPoints], [2, 1]);
});

test("closing, applying and failing drop the preview", () => {
  const filters = made();
  for (const drop of [() => (filters.isOpen = false), () => (filters.isApplied = true), () => filters.dropPreview("no")]) {
    filters.isOpen = true;
    filters.showPreview(reply([1, 1]), project());
    filters.isComparing = true;
    assert.equal(filters.isComparing, true);
    drop();
    assert.equal(filters.preview, null);
    assert.equal(filters.isComparing, false);
  }
  assert.equal(filters.error, "no");
});

test("there is nothing to compare without a preview", () => {
  const filters = made();
  filters.isComparing = true;
  assert.equal(filters.isComparing, false);
});
