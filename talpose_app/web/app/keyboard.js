/**
 * Keys to actions, except where the user is typing.
 *
 * @import { ActionId } from "../state/keymap.js"
 *
 * @typedef {{ act: (id: ActionId, isHeld?: boolean) => void, isActive: (id: ActionId) => boolean,
 *   holdSpace: (isHeld: boolean) => void, hasPanned: () => boolean }} KeyboardParts
 */
import { findShortcut } from "../state/keymap.js";

const TYPING = "input:not([type=checkbox]):not([type=range]), select, textarea";
/** They work while a dialog is open, too. */
const HELPING = new Set(["?", "F1"]);
/** These have a meaning of their own for Space and Enter. */
const PRESSABLE = "button, summary, a, input, [role=option], [role=menuitem]";

/** Listens on the window. */
export class Keyboard {
  #parts;
  /** Actions of keys that are down now. @type {Set<ActionId>} */
  #held = new Set();
  #isSpaceDown = false;

  /** @param {KeyboardParts} parts */
  constructor(parts) {
    this.#parts = parts;
    window.addEventListener("keydown", (event) => this.#onDown(event));
    window.addEventListener("keyup", (event) => this.#onUp(event));
    window.addEventListener("blur", () => this.#releaseAll());
  }

  /** @param {KeyboardEvent} event */
  #onDown(event) {
    const shortcut = findShortcut(event);
    if (!shortcut || event.defaultPrevented || !this.#parts.isActive(shortcut.id) || isElsewhere(event)) {
      return;
    }
    event.preventDefault();
    if (shortcut.id === "play") {
      this.#holdSpace(event.repeat);
    } else if (shortcut.isHeld) {
      this.#held.add(shortcut.id);
      this.#parts.act(shortcut.id, true);
    } else {
      this.#parts.act(shortcut.id);
    }
  }

  /** @param {boolean} isRepeat */
  #holdSpace(isRepeat) {
    if (!isRepeat) {
      this.#isSpaceDown = true;
      this.#parts.holdSpace(true);
    }
  }

  /** @param {KeyboardEvent} event */
  #onUp(event) {
    if (event.key === " " && this.#isSpaceDown) {
      this.#isSpaceDown = false;
      const hasPanned = this.#parts.hasPanned();
      this.#parts.holdSpace(false);
      if (!hasPanned) {
        this.#parts.act("play");
      }
    }
    if (this.#held.size > 0) {
      this.#releaseHeld();
    }
  }

  #releaseHeld() {
    for (const id of this.#held) {
      this.#parts.act(id, false);
    }
    this.#held.clear();
  }

  #releaseAll() {
    this.#isSpaceDown = false;
    this.#parts.holdSpace(false);
    this.#releaseHeld();
  }
}

/**
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key belongs to the element that has the focus
 */
function isElsewhere(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || document.querySelector("dialog[open]")) {
    return !HELPING.has(event.key) || target === null;
  }
  if (target.closest("dialog:not([open])")) {
    return false; // It was closed a moment ago, and the focus has not moved on yet.
  }
  const isPress = event.key === " " || event.key === "Enter";
  return target.closest(TYPING) !== null || (isPress && target.closest(PRESSABLE) !== null);
}
