/**
 * How the picture and what lies over it are shown.
 *
 * @import { PreferencesModel } from "../state/preferences.js"
 */
import { DEFAULTS } from "../state/preferences.js";
import { element } from "./element.js";
import { Menu } from "./menu.js";

/** @typedef {"brightness" | "contrast" | "trailFrames" | "pointSize"} NumberName */
/** @typedef {"invert" | "trails" | "allTrails" | "edges" | "names" | "onionSkin" | "predictions"} SwitchName */

/** @type {{ name: NumberName, title: string, min: number, max: number, step: number, unit: string }[]} */
const PICTURE_SLIDERS = [
  { name: "brightness", title: "Brightness", min: 0.2, max: 3, step: 0.05, unit: "×" },
  { name: "contrast", title: "Contrast", min: 0.2, max: 3, step: 0.05, unit: "×" },
];
/** @type {typeof PICTURE_SLIDERS} */
const OVERLAY_SLIDERS = [
  { name: "pointSize", title: "Point size", min: 0.5, max: 2, step: 0.1, unit: "×" },
  { name: "trailFrames", title: "Trail length", min: 2, max: 60, step: 1, unit: "" },
];
/** @type {{ name: SwitchName, title: string, key?: string }[]} */
const PICTURE_SWITCHES = [
  { name: "invert", title: "Invert (infrared video)" },
  { name: "onionSkin", title: "Onion skin: frame before" },
];
/** @type {typeof PICTURE_SWITCHES} */
const OVERLAY_SWITCHES = [
  { name: "predictions", title: "Predictions" },
  { name: "trails", title: "Trails", key: "⇧H" },
  { name: "allTrails", title: "Trails of all points" },
  { name: "edges", title: "Skeleton" },
  { name: "names", title: "Names", key: "M" },
];

/** The popover of the View button. */
export class ViewMenu {
  #preferences;
  #menu = new Menu("is-wide");
  /** @type {(() => void)[]} */
  #refreshers = [];

  /** @param {PreferencesModel} preferences */
  constructor(preferences) {
    this.#preferences = preferences;
    const reset = element("button", {
      class: "button is-text",
      text: "Reset",
      attributes: { type: "button" },
      on: { click: () => this.#reset() },
    });
    const heading = element("div", { class: "menu-heading" }, element("h2", { class: "heading", text: "Picture" }), reset);
    this.#menu.content.append(
      heading,
      ...PICTURE_SLIDERS.map((slider) => this.#slider(slider)),
      ...PICTURE_SWITCHES.map((option) => this.#switch(option)),
      element("div", { class: "menu-heading" }, element("h2", { class: "heading", text: "Overlay" })),
      ...OVERLAY_SLIDERS.map((slider) => this.#slider(slider)),
      ...OVERLAY_SWITCHES.map((option) => this.#switch(option)),
    );
    this.#menu.content.setAttribute("aria-label", "View");
    preferences.on("change", () => this.#refreshers.forEach((refresh) => refresh()));
  }

  /** @param {HTMLElement} opener */
  open(opener) {
    this.#menu.open(opener);
  }

  /**
   * @param {typeof PICTURE_SLIDERS[number]} slider
   * @returns {HTMLElement}
   */
  #slider({ name, title, min, max, step, unit }) {
    const preferences = this.#preferences;
    const input = element("input", {
      attributes: { type: "range", min: String(min), max: String(max), step: String(step) },
      on: { input: () => preferences.set(name, input.valueAsNumber) },
    });
    const value = element("output");
    const refresh = () => {
      const number = preferences.get(name);
      input.value = String(number);
      value.textContent = unit ? `${number.toFixed(2)}${unit}` : String(number);
    };
    this.#refreshers.push(refresh);
    refresh();
    return element("label", { class: "option" }, element("span", { class: "option-name", text: title }), input, value);
  }

  /**
   * @param {typeof PICTURE_SWITCHES[number]} option
   * @returns {HTMLElement}
   */
  #switch({ name, title, key }) {
    const preferences = this.#preferences;
    const input = element("input", {
      attributes: { type: "checkbox" },
      on: { change: () => preferences.set(name, input.checked) },
    });
    const refresh = () => {
      input.checked = preferences.get(name);
    };
    this.#refreshers.push(refresh);
    refresh();
    const parts = [element("span", { text: title })];
    if (key) {
      parts.push(element("kbd", { class: "kbd", text: key }));
    }
    return element("label", { class: "option" }, ...parts, input);
  }

  #reset() {
    for (const name of /** @type {const} */ (["brightness", "contrast", "invert", "onionSkin"])) {
      this.#preferences.set(name, /** @type {never} */ (DEFAULTS[name]));
    }
  }
}

