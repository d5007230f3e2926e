import assert from "node:assert/strict";
import { test } from "node:test";
import { BentTracks } from "../../../talpose_app/web/state/bent_tracks.js";
import { PointTrack } from "../../../talpose_app/web/state/point_track.js";
import { label, track } from "./fixtures.js";

test("a track is worked out again when it or its labels change, and only then", () => {
  const made = new Map([["1:1", PointTrack.fromState(track(1, 10))]]);
  let labels = [label(1, 4, 14, 40)];
  const tracks = new BentTracks(made, () => labels);
  const first = tracks.get("1:1");
  assert.equal(first?.x(4), 14);
  assert.equal(tracks.get("1:1"), first);
  labels = [label(1, 4, 15, 40)];
  assert.equal(tracks.get("1:1")?.x(4), 15);
  labels = [];
  assert.equal(tracks.get("1:1"), made.get("1:1"));
  made.get("1:1")?.writeColumn(4, 0, 1, {
    positions: Float32Array.of(7, 8),
    visibility: Uint8Array.of(1),
    confidence: Float32Array.of(1),
  });
  assert.equal(tracks.get("1:1")?.x(4), 7);
});

test("it can be asked and gone through like a map", () => {
  const made = new Map([["1:2", PointTrack.fromState(track(2, 10))]]);
  const tracks = new BentTracks(made, () => []);
  assert.deepEqual([tracks.size, tracks.has("1:2"), tracks.has("1:1"), tracks.get("1:1")], [1, true, false, undefined]);
  assert.deepEqual([...tracks], [...made]);
});
