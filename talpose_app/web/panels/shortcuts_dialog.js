/**
 * All keys on one page.
 *
 * @import { Shortcut, ShortcutGroup } from "../state/keymap.js"
 */
import { capsOf, SHORTCUTS } from "../state/keymap.js";
import { button, element, icon } from "./element.js";

/** @type {Record<ShortcutGroup, string>} */
const TITLES = { frames: "Frames", labels: "Labels", tracking: "Tracking", view: "View", general: "General" };

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

/** How a point looks, by what is known about it in the frame. */
const LEGEND = [
  ["state-visible", "Label"],
  ["state-occluded", "Label, occluded"],
  ["state-absent", "Label, absent"],
  ["state-predicted", "Predicted"],
  ["state-doubtful", "Predicted, doubtful"],
];

/** A modal dialog, made when it is first wanted. */
export class ShortcutsDialog {
  /** @type {HTMLDialogElement | null} */
  #dialog = null;

  /** Open it, or close it when it is open. */
  toggle() {
    this.#dialog ??= this.#make();
    if (this.#dialog.open) {
      this.#dialog.close();
    } else {
      this.#dialog.showModal();
    }
  }

  /** @returns {HTMLDialogElement} */
  #make() {
    const dialog = element("dialog", { class: "dialog shortcuts", attributes: { "aria-label": "Keys and mouse" } });
    const close = button({ icon: "close", label: "Close", class: "icon-button", onClick: () => dialog.close() });
    const head = element("header", { class: "dialog-head" }, element("h2", { class: "dialog-title", text: "Keys and mouse" }), close);
    const columns = element(
      "div",
      { class: "shortcut-columns" },
      element("div", {}, keySection("frames"), keySection("general")),
      element("div", {}, keySection("labels"), keySection("tracking")),
      element(
        "div",
        {},
        keySection("view"),
        section("Mouse on the picture", MOUSE.map(asRow)),
        section("Mouse on the timeline", TIMELINE.map(asRow)),
      ),
    );
    dialog.append(head, columns, legend());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) {
        dialog.close();
      }
    });
    document.body.append(dialog);
    return dialog;
  }
}

/** @returns {HTMLElement} */
function legend() {
  const entries = LEGEND.map(([name = "", text = ""]) =>
    element("span", { class: "legend-entry" }, icon(name), element("span", { text })),
  );
  return element("footer", { class: "legend" }, element("h3", { class: "heading", text: "Points" }), ...entries);
}

/** @typedef {{ chords: string[][], text: string }} Row */

/**
 * @param {[string[], string]} entry
 * @returns {Row}
 */
function asRow([caps, text]) {
  return { chords: [caps], text };
}

/**
 * The four directions of a nudge are one line.
 *
 * @param {Shortcut[]} shortcuts
 * @returns {Row[]}
 */
function merge(shortcuts) {
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

/**
 * @param {ShortcutGroup} group
 * @returns {HTMLElement}
 */
function keySection(group) {
  return section(TITLES[group], merge(SHORTCUTS.filter((shortcut) => shortcut.group === group)));
}

/**
 * @param {string} title
 * @param {Row[]} rows
 * @returns {HTMLElement}
 */
function section(title, rows) {
  const list = element("dl", { class: "shortcut-list" });
  for (const { chords, text } of rows) {
    const keys = element("dd", { class: "shortcut-keys" });
    chords.forEach((caps, i) => {
      if (i > 0) {
        keys.append(element("span", { class: "caption", text: "or" }));
      }
      keys.append(...caps.map((cap) => element("kbd", { class: "kbd", text: cap })));
    });
    list.append(element("div", { class: "shortcut-row" }, element("dt", { text }), keys));
  }
  return element("section", { class: "shortcut-group" }, element("h3", { class: "heading", text: title }), list);
}
