import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION_IDS, capsOf, chordOf, findShortcut, SHORTCUTS, titleWithKey } from "../../../talpose_app/web/state/keymap.js";

/** @param {string} key @param {object} modifiers */
const press = (key, modifiers = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});

test("no chord means two things, every action has a key and a title", () => {
  const chords = SHORTCUTS.flatMap(({ keys }) => keys);
  assert.equal(new Set(chords).size, chords.length);
  assert.deepEqual(SHORTCUTS.map(({ id }) => id).sort(), [...ACTION_IDS].sort());
  assert.ok(SHORTCUTS.every(({ title, keys }) => title && keys.length > 0));
});

test("letters are matched in either case, with their modifiers", () => {
  assert.equal(findShortcut(press("t"))?.id, "track");
  assert.equal(findShortcut(press("T", { shiftKey: true }))?.id, "refine");
  assert.equal(findShortcut(press("z", { ctrlKey: true }))?.id, "undo");
  assert.equal(findShortcut(press("Z", { metaKey: true, shiftKey: true }))?.id, "redo");
  assert.equal(findShortcut(press("y", { ctrlKey: true }))?.id, "redo");
  assert.equal(findShortcut(press("z")), null);
});

test("arrows step, jump, go to labels and nudge", () => {
  assert.equal(findShortcut(press("ArrowRight"))?.id, "next_frame");
  assert.equal(findShortcut(press("ArrowRight", { shiftKey: true }))?.id, "jump_forward");
  assert.equal(findShortcut(press("ArrowRight", { ctrlKey: true }))?.id, "next_keyframe");
  assert.equal(findShortcut(press("ArrowUp", { altKey: true }))?.id, "nudge_up");
  assert.equal(findShortcut(press("ArrowUp", { altKey: true, shiftKey: true }))?.id, "nudge_up_fine");
});

test("keys that need Shift on some keyboards need not be pressed with it", () => {
  assert.equal(chordOf(press("?", { shiftKey: true })), "?");
  assert.equal(findShortcut(press("+", { shiftKey: true }))?.id, "zoom_in");
  assert.equal(findShortcut(press(" "))?.id, "play");
});

test("caps and tooltips", () => {
  assert.deepEqual(capsOf("Ctrl+Shift+Z"), ["Ctrl", "Shift", "Z"]);
  assert.deepEqual(capsOf("Alt+ArrowLeft"), ["Alt", "←"]);
  assert.deepEqual(capsOf("+"), ["+"]);
  assert.equal(titleWithKey("track"), "Track (T)");
});
