/**
 * All keys and what the mouse does, in groups for reading: the overview and the help show it. Pure.
 *
 * @import { Shortcut, ShortcutGroup } from "./keymap.js"
 *
 * @typedef {{ chords: string[][], text: string }} GuideRow any one of the chords does it
 * @typedef {{ id: ShortcutGroup | "picture" | "lanes", title: string, rows: GuideRow[] }} GuideSection
 */
import { capsOf, SHORTCUTS } from "./keymap.js";

/** @type {[ShortcutGroup, string][]} */
const GROUPS = [
  ["frames", "Frames"],
  ["general", "General"],
  ["labels", "Labels"],
  ["tracking", "Tracking"],
  ["view", "View"],
];

/** @type {[string[], string][]} */
const MOUSE = [
  [["Wheel"], "Zoom at the pointer"],
  [["Drag"], "On a point: correct it. Elsewhere: pan"],
  [["Space", "Drag"], "Pan (or middle button)"],
  [["Click"], "Select, or place a point not yet placed"],
  [["Shift", "Click"], "Place the selected point here"],
  [["Double-click"], "Confirm a prediction"],
  [["Right-click"], "Occluded or visible"],
];

/** @type {[string[], string][]} */
const TIMELINE = [
  [["Drag"], "Scrub"],
  [["Shift", "Drag"], "Choose a range (double-click clears it)"],
  [["Wheel"], "Zoom the time"],
  [["Shift", "Wheel"], "Pan the time"],
  [["Alt", "Wheel"], "Scroll the lanes"],
];

/** @type {readonly GuideSection[]} */
export const GUIDE_SECTIONS = [
  ...GROUPS.map(([id, title]) => ({ id, title, rows: merged(SHORTCUTS.filter(({ group }) => group === id)) })),
  { id: "picture", title: "Mouse on the picture", rows: MOUSE.map(asRow) },
  { id: "lanes", title: "Mouse on the timeline", rows: TIMELINE.map(asRow) },
];

/**
 * @param {[string[], string]} entry
 * @returns {GuideRow}
 */
function asRow([caps, text]) {
  return { chords: [caps], text };
}

/**
 * The four directions of a nudge are one line.
 *
 * @param {Shortcut[]} shortcuts
 * @returns {GuideRow[]}
 */
function merged(shortcuts) {
  const rows = shortcuts
    .filter(({ id }) => !id.startsWith("nudge_"))
    .map(({ keys, title }) => ({ chords: keys.map(capsOf), text: title }));
  if (rows.length < shortcuts.length) {
    rows.push({ chords: [["Alt", "←↑↓→"]], text: "Nudge by 1 pixel" });
    rows.push({ chords: [["Alt", "Shift", "←↑↓→"]], text: "Nudge by 0.1 pixel" });
    rows.push({ chords: [["Alt", "Shift", "↑↓"]], text: "In the list: move the keypoint" });
  }
  return rows;
}
