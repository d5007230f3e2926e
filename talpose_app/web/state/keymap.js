/**
 * Which key does what: the one table that the page acts by and the help shows.
 *
 * A chord is written `Ctrl+Shift+Z`; `Ctrl` also stands for the Mac's command
 * key. Letters are matched by what is printed on the key, so the map follows
 * the user's layout.
 *
 * @typedef {"frames" | "labels" | "tracking" | "view" | "general"} ShortcutGroup
 * @typedef {{ id: ActionId, keys: string[], title: string, group: ShortcutGroup, isHeld?: boolean }} Shortcut
 * @typedef {typeof ACTION_IDS[number]} ActionId
 * @typedef {{ key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean }} KeyPress
 */

export const ACTION_IDS = /** @type {const} */ ([
  "next_frame", "previous_frame", "jump_forward", "jump_back", "next_keyframe", "previous_keyframe",
  "first_frame", "last_frame", "go_to_frame", "play", "slower", "faster", "loop",
  "new_point", "next_point", "previous_point", "accept", "accept_all", "occluded", "absent", "delete_label", "rename",
  "nudge_left", "nudge_right", "nudge_up", "nudge_down",
  "nudge_left_fine", "nudge_right_fine", "nudge_up_fine", "nudge_down_fine",
  "next_suggestion", "previous_suggestion", "next_doubtful", "previous_doubtful", "track", "refine", "stop_run", "before", "filters",
  "fit", "zoom_in", "zoom_out", "hide_overlay", "trails", "names", "hide_point", "curves",
  "undo", "redo", "save", "shortcuts", "help", "escape",
]);

/** @type {readonly Shortcut[]} */
export const SHORTCUTS = [
  { id: "next_frame", keys: ["ArrowRight", "D"], title: "Next frame", group: "frames" },
  { id: "previous_frame", keys: ["ArrowLeft", "A"], title: "Previous frame", group: "frames" },
  { id: "jump_forward", keys: ["Shift+ArrowRight", "Shift+D"], title: "10 frames on", group: "frames" },
  { id: "jump_back", keys: ["Shift+ArrowLeft", "Shift+A"], title: "10 frames back", group: "frames" },
  { id: "next_keyframe", keys: ["Ctrl+ArrowRight", "."], title: "Next labeled frame", group: "frames" },
  { id: "previous_keyframe", keys: ["Ctrl+ArrowLeft", ","], title: "Previous labeled frame", group: "frames" },
  { id: "first_frame", keys: ["Home"], title: "First frame", group: "frames" },
  { id: "last_frame", keys: ["End"], title: "Last frame", group: "frames" },
  { id: "go_to_frame", keys: ["G"], title: "Go to a frame", group: "frames" },
  { id: "play", keys: ["Space"], title: "Play or pause", group: "frames" },
  { id: "slower", keys: ["["], title: "Play slower", group: "frames" },
  { id: "faster", keys: ["]"], title: "Play faster", group: "frames" },
  { id: "loop", keys: ["L"], title: "Loop", group: "frames" },

  { id: "new_point", keys: ["N"], title: "New keypoints: every click places one", group: "labels" },
  { id: "next_point", keys: ["S"], title: "Select the next point", group: "labels" },
  { id: "previous_point", keys: ["W"], title: "Select the previous point", group: "labels" },
  { id: "accept", keys: ["Enter"], title: "Confirm, or place mid-view", group: "labels" },
  { id: "accept_all", keys: ["Shift+Enter"], title: "Confirm all points of the frame", group: "labels" },
  { id: "occluded", keys: ["Q"], title: "Occluded (hidden, but known)", group: "labels" },
  { id: "absent", keys: ["O"], title: "Absent in this frame", group: "labels" },
  { id: "delete_label", keys: ["Delete", "Backspace"], title: "Delete the label", group: "labels" },
  { id: "rename", keys: ["F2"], title: "Rename the selected keypoint", group: "labels" },
  { id: "nudge_left", keys: ["Alt+ArrowLeft"], title: "Nudge 1 pixel left", group: "labels" },
  { id: "nudge_right", keys: ["Alt+ArrowRight"], title: "Nudge 1 pixel right", group: "labels" },
  { id: "nudge_up", keys: ["Alt+ArrowUp"], title: "Nudge 1 pixel up", group: "labels" },
  { id: "nudge_down", keys: ["Alt+ArrowDown"], title: "Nudge 1 pixel down", group: "labels" },
  { id: "nudge_left_fine", keys: ["Alt+Shift+ArrowLeft"], title: "Nudge 0.1 pixel left", group: "labels" },
  { id: "nudge_right_fine", keys: ["Alt+Shift+ArrowRight"], title: "Nudge 0.1 pixel right", group: "labels" },
  { id: "nudge_up_fine", keys: ["Alt+Shift+ArrowUp"], title: "Nudge 0.1 pixel up", group: "labels" },
  { id: "nudge_down_fine", keys: ["Alt+Shift+ArrowDown"], title: "Nudge 0.1 pixel down", group: "labels" },

  { id: "track", keys: ["T"], title: "Track", group: "tracking" },
  { id: "refine", keys: ["Shift+T"], title: "Refine", group: "tracking" },
  { id: "stop_run", keys: ["X"], title: "Stop the run and keep its best tracks", group: "tracking" },
  { id: "before", keys: ["B"], title: "Hold: show the tracks before", group: "tracking", isHeld: true },
  { id: "filters", keys: ["F"], title: "Filters: smooth, fill, clean", group: "tracking" },
  { id: "next_suggestion", keys: ["J"], title: "Where labels pay most", group: "tracking" },
  { id: "previous_suggestion", keys: ["Shift+J"], title: "Back to the place before", group: "tracking" },
  { id: "next_doubtful", keys: ["K"], title: "Next doubtful place", group: "tracking" },
  { id: "previous_doubtful", keys: ["Shift+K"], title: "Previous doubtful place", group: "tracking" },

  { id: "fit", keys: ["R"], title: "Fit the picture", group: "view" },
  { id: "zoom_in", keys: ["+", "="], title: "Zoom in", group: "view" },
  { id: "zoom_out", keys: ["-"], title: "Zoom out", group: "view" },
  { id: "hide_overlay", keys: ["H"], title: "Hold: hide all points", group: "view", isHeld: true },
  { id: "trails", keys: ["Shift+H"], title: "Trails on or off", group: "view" },
  { id: "names", keys: ["M"], title: "Names on or off", group: "view" },
  { id: "hide_point", keys: ["V"], title: "Hide or show the selected point", group: "view" },
  { id: "curves", keys: ["C"], title: "Curves of the selected point, or lanes", group: "view" },

  { id: "undo", keys: ["Ctrl+Z"], title: "Undo", group: "general" },
  { id: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], title: "Redo", group: "general" },
  { id: "save", keys: ["Ctrl+S"], title: "Write the project file now", group: "general" },
  { id: "shortcuts", keys: ["?"], title: "All keys", group: "general" },
  { id: "help", keys: ["F1"], title: "Help", group: "general" },
  { id: "escape", keys: ["Escape"], title: "Leave a mode, clear the selection", group: "general" },
];

/** Keys that differ from what they print only by Shift: Shift is not part of their chord. */
const SHIFT_FREE = new Set(["?", "+", "="]);

/**
 * @param {KeyPress} press
 * @returns {string} its chord
 */
export function chordOf(press) {
  let key = press.key === " " ? "Space" : press.key;
  if (key.length === 1) {
    key = key.toUpperCase();
  }
  const parts = [];
  if (press.ctrlKey || press.metaKey) {
    parts.push("Ctrl");
  }
  if (press.altKey) {
    parts.push("Alt");
  }
  if (press.shiftKey && !SHIFT_FREE.has(key)) {
    parts.push("Shift");
  }
  return [...parts, key].join("+");
}

const BY_CHORD = new Map(SHORTCUTS.flatMap((shortcut) => shortcut.keys.map((key) => [key, shortcut])));

/**
 * @param {KeyPress} press
 * @returns {Shortcut | null}
 */
export function findShortcut(press) {
  return BY_CHORD.get(chordOf(press)) ?? null;
}

/**
 * @param {ActionId} id
 * @returns {Shortcut | null}
 */
export function shortcutOf(id) {
  return SHORTCUTS.find((shortcut) => shortcut.id === id) ?? null;
}

/** @type {Record<string, string>} */
const KEY_NAMES = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
};

/**
 * @param {string} chord
 * @returns {string[]} the caps to show, in order
 */
export function capsOf(chord) {
  return chord === "+" ? ["+"] : chord.split("+").map((part) => KEY_NAMES[part] ?? part);
}

/**
 * @param {ActionId} id
 * @returns {string} for tooltips: "Track (T)"
 */
export function titleWithKey(id) {
  const shortcut = shortcutOf(id);
  const chord = shortcut?.keys[0];
  return shortcut && chord ? `${shortcut.title} (${capsOf(chord).join(" ")})` : "";
}
