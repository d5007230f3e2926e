import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeAxis } from "../../../talpose_app/web/geometry/time_axis.js";

test("the whole video fills the line", () => {
  const axis = TimeAxis.whole(100, 500);
  assert.equal(axis.pixelsPerFrame, 5);
  assert.ok(axis.isWhole);
  assert.equal(axis.toX(0), 2.5);
  assert.equal(axis.edgeX(100), 500);
});

test("a pixel belongs to the frame whose cell holds it, and never to one outside the video", () => {
  const axis = TimeAxis.whole(100, 500);
  assert.equal(axis.toFrame(0), 0);
  assert.equal(axis.toFrame(4.99), 0);
  assert.equal(axis.toFrame(5), 1);
  assert.equal(axis.toFrame(-80), 0);
  assert.equal(axis.toFrame(9000), 99);
});

test("every frame is found again at the middle of its cell", () => {
  const axis = TimeAxis.whole(10_000, 873).zoomedAt(400, 37);
  for (let frame = Math.ceil(axis.first); frame < axis.first + axis.nVisible - 1; frame++) {
    assert.equal(axis.toFrame(axis.toX(frame)), frame);
  }
});

test("zooming keeps the frame under the pointer; zooming out ends at the whole video", () => {
  const axis = TimeAxis.whole(1000, 500).zoomedAt(200, 8);
  assert.ok(Math.abs(axis.first + 200 / axis.pixelsPerFrame - 400) < 1e-9);
  assert.ok(axis.zoomedAt(123, 1e-6).isWhole);
});

test("panning stops at both ends", () => {
  const axis = TimeAxis.whole(1000, 500).zoomedAt(0, 10);
  assert.equal(axis.panned(1e6).first, 0);
  assert.equal(axis.panned(-1e6).first, 900);
});

test("revealing moves only when it must", () => {
  const axis = TimeAxis.whole(1000, 500).zoomedAt(0, 10);
  assert.equal(axis.revealing(50), axis);
  const moved = axis.revealing(700);
  assert.ok(moved.first <= 700 && moved.first + moved.nVisible >= 701);
});

test("ticks are round, rising and not too dense", () => {
  for (const nFrames of [7, 120, 10_000, 1_000_000]) {
    const axis = TimeAxis.whole(nFrames, 900);
    assert.match(String(axis.tickStep), /^(1|2|5)0*$/);
    const { ticks } = axis;
    assert.equal(ticks[0], 0);
    assert.ok(ticks.length <= 900 / 64 + 1);
  }
});

test("a video of one frame has a line too", () => {
  const axis = TimeAxis.whole(1, 300);
  assert.equal(axis.toFrame(150), 0);
  assert.deepEqual(axis.ticks, [0]);
});
