import assert from "node:assert/strict";
import { test } from "node:test";
import { Playback } from "../../../talpose_app/web/state/playback.js";

const ready = () => true;

/** @param {number} nFrames */
function playing(nFrames = 100) {
  const playback = new Playback();
  playback.reset(nFrames, 10);
  playback.play();
  playback.tick(0, ready);
  return playback;
}

test("frames stay within the video", () => {
  const playback = new Playback();
  playback.reset(10, 30);
  playback.goTo(99);
  assert.equal(playback.frame, 9);
  playback.step(-100);
  assert.equal(playback.frame, 0);
});

test("the direction follows the user", () => {
  const playback = new Playback();
  playback.reset(10, 30);
  playback.goTo(5);
  assert.equal(playback.direction, 1);
  playback.goTo(4);
  assert.equal(playback.direction, -1);
});

test("play keeps the video's own time", () => {
  const playback = playing();
  for (let time = 0; time <= 2.001; time += 0.01) {
    playback.tick(time, ready);
  }
  assert.ok(Math.abs(playback.frame - 20) <= 1);
});

test("a slow motion is slow", () => {
  const playback = playing();
  playback.speed = 0.5;
  for (let time = 0; time <= 2.001; time += 0.01) {
    playback.tick(time, ready);
  }
  assert.ok(Math.abs(playback.frame - 10) <= 1);
});

test("a frame that is not there holds the clock; nothing is skipped after a long wait", () => {
  const playback = playing();
  playback.tick(5, () => false);
  assert.equal(playback.frame, 0);
  playback.tick(5.11, ready);
  assert.equal(playback.frame, 1);
});

test("play ends at the last frame, or goes on from the first", () => {
  const playback = playing(3);
  for (let time = 0; time < 1; time += 0.05) {
    playback.tick(time, ready);
  }
  assert.equal(playback.isPlaying, false);
  assert.equal(playback.frame, 2);
  playback.setLooping(true);
  playback.play();
  assert.equal(playback.frame, 0);
  const seen = new Set();
  for (let time = 2; time < 4; time += 0.05) {
    playback.tick(time, ready);
    seen.add(playback.frame);
  }
  assert.ok(playback.isPlaying);
  assert.deepEqual([...seen].sort(), [0, 1, 2]);
});

test("a range is looped in", () => {
  const playback = new Playback();
  playback.reset(100, 10);
  playback.setLooping(true);
  playback.goTo(4);
  playback.play();
  const seen = new Set();
  for (let time = 0; time < 3; time += 0.05) {
    playback.tick(time, ready, { start: 3, stop: 6 });
    seen.add(playback.frame);
  }
  assert.deepEqual([...seen].sort(), [3, 4, 5]);
});

test("only the wanted frame's own picture is exact", () => {
  const playback = new Playback();
  playback.reset(10, 30);
  playback.markShown(0, true);
  assert.ok(playback.isExact);
  playback.goTo(5);
  assert.equal(playback.isExact, false);
  playback.markShown(3, false);
  assert.equal(playback.isExact, false);
  playback.markShown(5, true);
  assert.ok(playback.isExact);
});

test("frames of uneven length are shown as long as they last", () => {
  const playback = new Playback();
  const times = [0, 0.1, 1.1, 1.2, 1.3, 2];
  playback.reset(times.length, 4, 0, times);
  playback.play();
  const shownAt = new Map([[0, 0]]);
  for (let tick = 0; playback.isPlaying && tick < 400; tick++) {
    playback.tick(tick / 100, ready);
    shownAt.set(playback.frame, shownAt.get(playback.frame) ?? tick / 100);
  }
  for (const [frame, time] of times.entries()) {
    assert.ok(Math.abs((shownAt.get(frame) ?? NaN) - time) < 0.015, `frame ${frame} at ${shownAt.get(frame)}`);
  }
});
