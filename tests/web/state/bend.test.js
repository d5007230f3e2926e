import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bent } from "../../../talpose_app/web/state/bend.js";
import { PointTrack } from "../../../talpose_app/web/state/point_track.js";
import { label } from "./fixtures.js";

const golden = JSON.parse(readFileSync(new URL("../../golden/bends.json", import.meta.url), "utf8"));

/** @param {string} hex */
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

/** @param {{ positions: string, visibility: string, confidence: string }} plain */
function trackOf({ positions, visibility, confidence }) {
  const floats = (/** @type {string} */ hex) => new Float32Array(bytes(hex).buffer);
  return new PointTrack(floats(positions), bytes(visibility), floats(confidence));
}

test("the page bends tracks bit for bit as the app does", () => {
  for (const example of golden) {
    const track = trackOf(example.made);
    const found = bent(track, example.labels);
    const wanted = trackOf(example.bent);
    assert.deepEqual(found.positions, wanted.positions);
    assert.deepEqual(found.confidence, wanted.confidence);
    assert.deepEqual(found.visibility, wanted.visibility);
    assert.deepEqual(track.positions, trackOf(example.made).positions);
  }
});

test("a track that passes through the labels is left as it is", () => {
  const track = PointTrack.empty(10);
  assert.equal(bent(track, [label(1, 3)]), track);
  track.positions.fill(0.5);
  track.visibility.fill(1);
  track.confidence.fill(1);
  assert.equal(bent(track, [label(1, 3, 0.5, 0.5)]), track);
  assert.notEqual(bent(track, [label(1, 3, 0.5, 0.5, "occluded")]), track);
});
