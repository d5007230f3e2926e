/**
 * How things are shown. Travels with the project (`set_view`) and is also kept
 * by the browser for the start screen.
 *
 * @import { ViewSettings } from "../protocol/messages.js"
 * @import { PointKey } from "./point_key.js"
 */
import { Emitter } from "./emitter.js";

/** @typedef {typeof DEFAULTS} Preferences */
/** @typedef {keyof Preferences} PreferenceName */

const STORAGE_KEY = "talpose.preferences";

export const DEFAULTS = {
  theme: "auto",
  brightness: 1,
  contrast: 1,
  invert: false,
  trails: true,
  trailFrames: 12,
  allTrails: false,
  edges: true,
  names: false,
  onionSkin: false,
  predictions: true,
  pointSize: 1,
  timelineRem: 10.5,
  curves: false,
  goodShare: 0.95,
  hidden: "",
};

/** @extends {Emitter<{ change: PreferenceName }>} */
export class PreferencesModel extends Emitter {
  /** @type {Preferences} */
  #values = { ...DEFAULTS };
  #storage;
  /** @type {Set<PointKey>} */
  #hidden = new Set();

  /** @param {Pick<Storage, "getItem" | "setItem"> | null} storage */
  constructor(storage = null) {
    super();
    this.#storage = storage;
    this.load(parse(storage?.getItem(STORAGE_KEY) ?? null));
  }

  /**
   * @template {PreferenceName} Name
   * @param {Name} name
   * @returns {Preferences[Name]}
   */
  get(name) {
    return this.#values[name];
  }

  /**
   * @template {PreferenceName} Name
   * @param {Name} name
   * @param {Preferences[Name]} value
   */
  set(name, value) {
    if (this.#values[name] === value) {
      return;
    }
    this.#values[name] = value;
    if (name === "hidden") {
      this.#hidden = parseHidden(this.#values.hidden);
    }
    this.#storage?.setItem(STORAGE_KEY, JSON.stringify({ ...this.#values, hidden: "" }));
    this.emit("change", name);
  }

  /** @param {ViewSettings} view settings that are unknown or of another type are passed over */
  load(view) {
    for (const name of /** @type {PreferenceName[]} */ (Object.keys(DEFAULTS))) {
      const value = view[name];
      if (typeof value === typeof DEFAULTS[name]) {
        this.set(name, /** @type {never} */ (value));
      }
    }
  }

  /** @returns {ViewSettings} */
  toView() {
    return { ...this.#values };
  }

  /**
   * @param {PointKey} key
   * @returns {boolean}
   */
  isHidden(key) {
    return this.#hidden.has(key);
  }

  /** @param {PointKey} key */
  toggleHidden(key) {
    const hidden = new Set(this.#hidden);
    if (!hidden.delete(key)) {
      hidden.add(key);
    }
    this.set("hidden", [...hidden].join(" "));
  }
}

/**
 * @param {string} text
 * @returns {Set<PointKey>}
 */
function parseHidden(text) {
  return new Set(text.split(" ").filter(Boolean));
}

/**
 * @param {string | null} text
 * @returns {ViewSettings}
 */
function parse(text) {
  try {
    const value = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
