/**
 * The first thing one sees: open something, or learn in four steps what this is.
 *
 * @import { RecentState } from "../protocol/messages.js"
 *
 * @typedef {{ openFile: () => void, openSample: () => void, openRecent: (entryId: string) => void,
 *   cycleTheme: () => void, showTrackers: () => void, showHelp: () => void }} StartActions
 */
import { formatDay } from "../state/format.js";
import { titleWithKey } from "../state/keymap.js";
import { button, element, icon } from "./element.js";

const STEPS = [
  { picture: "step-open", title: "Open a video", text: "Any format, any length. It stays on your computer." },
  { picture: "step-place", title: "Place keypoints", text: "Click the landmarks you want to follow, on a frame or two." },
  { picture: "step-track", title: "Track", text: "The tracker follows them through the whole video." },
  { picture: "step-refine", title: "Correct and refine", text: "Drag what is off. The tracker learns from it while you watch." },
];

/** The start screen. */
export class StartScreen {
  #actions;
  #recent = element("div", { class: "start-recent" });
  #version = element("span", { class: "caption" });
  #busy = element("p", { class: "start-busy", attributes: { role: "status" } });

  /**
   * @param {HTMLElement} root
   * @param {StartActions} actions
   */
  constructor(root, actions) {
    this.#actions = actions;
    root.append(this.#top(), this.#middle(), this.#steps());
  }

  /**
   * @param {RecentState[]} recent newest first
   * @param {Date} now
   */
  setRecent(recent, now = new Date()) {
    if (recent.length === 0) {
      this.#recent.replaceChildren();
      return;
    }
    const list = element("ul", { class: "recent-list" });
    list.append(...recent.slice(0, 5).map((entry) => this.#recentItem(entry, now)));
    this.#recent.replaceChildren(element("h2", { class: "heading", text: "Recent" }), list);
  }

  /** @param {string} version */
  setVersion(version) {
    this.#version.textContent = `Version ${version}`;
  }

  /** @param {string} text what is going on, "" when nothing */
  setBusy(text) {
    this.#busy.textContent = text;
  }

  /** @returns {HTMLElement} */
  #top() {
    const brand = element("div", { class: "start-brand" });
    brand.append(mark("start-mark"), element("span", { text: "TALPose" }));
    const theme = button({
      icon: "theme",
      label: "Light, dark, or as the system",
      class: "icon-button",
      onClick: this.#actions.cycleTheme,
    });
    const trackers = button({ icon: "track", label: "Trackers, their files and licences", text: "Trackers", onClick: this.#actions.showTrackers });
    const help = button({ icon: "help", label: titleWithKey("help"), text: "Help", onClick: this.#actions.showHelp });
    const right = element("div", { class: "start-top-right" }, this.#version, trackers, help, theme);
    return element("header", { class: "start-top" }, brand, right);
  }

  /** @returns {HTMLElement} */
  #middle() {
    const title = element("h1", { class: "start-title", text: "Label a few frames. Watch the rest follow." });
    const text = element("p", {
      class: "start-text",
      text: "Track any point in any video, correct it where it drifts, and see the tracker learn from every correction.",
    });
    const open = button({
      icon: "folder",
      label: "Open a video or a project",
      text: "Open video or project…",
      class: "button is-primary is-large",
      onClick: this.#actions.openFile,
    });
    const sample = button({
      icon: "sample",
      label: "Open the sample video in a project of your own",
      text: "Try the sample",
      class: "button is-outlined is-large",
      onClick: this.#actions.openSample,
    });
    const actions = element("div", { class: "start-actions" }, open, sample);
    const drop = element("p", { class: "start-drop" }, icon("import"), "or drop a video anywhere in this window");
    const left = element("div", { class: "start-hero" }, title, text, actions, drop, this.#busy);
    return element("div", { class: "start-middle" }, left, this.#recent);
  }

  /** @returns {HTMLElement} */
  #steps() {
    const list = element("ol", { class: "start-steps" });
    STEPS.forEach(({ picture, title, text }, i) => {
      const image = element("img", { class: "step-picture", attributes: { src: `icons/${picture}.jpg`, alt: "" } });
      const words = element("div", { class: "step-words" });
      words.append(element("h3", { text: `${i + 1}  ${title}` }), element("p", { class: "caption", text }));
      list.append(element("li", { class: "step" }, image, words));
    });
    return list;
  }

  /**
   * @param {RecentState} entry
   * @param {Date} now
   * @returns {HTMLElement}
   */
  #recentItem({ entry_id: entryId, name, folder, opened_at: openedAt }, now) {
    const words = element("span", { class: "recent-words" });
    words.append(
      element("span", { class: "recent-name", text: name }),
      element("span", { class: "recent-folder caption", text: folder, title: folder }),
    );
    const day = element("span", { class: "caption", text: formatDay(openedAt, now) });
    const node = element("button", {
      class: "recent-item",
      attributes: { type: "button" },
      on: { click: () => this.#actions.openRecent(entryId) },
    });
    node.append(icon("project"), words, day);
    return element("li", {}, node);
  }
}

/**
 * @param {string} className
 * @returns {HTMLImageElement}
 */
export function mark(className) {
  return element("img", { class: className, attributes: { src: "icons/mark.svg", alt: "", width: "28", height: "28" } });
}
