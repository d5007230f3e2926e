/**
 * The row above the lanes: frame number and time, play, step, speed, loop.
 *
 * @import { ActionId } from "../state/keymap.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { Playback } from "../state/playback.js"
 * @import { ProjectModel } from "../state/project.js"
 */
import { formatTime } from "../state/format.js";
import { titleWithKey } from "../state/keymap.js";
import { SPEEDS } from "../state/playback.js";
import { button, element, setIcon, setText } from "./element.js";

/** The transport controls. */
export class Transport {
  #project;
  #playback;
  #frame = element("input", {
    class: "field frame-field",
    title: "Frame, counted from 0 (G)",
    attributes: { type: "text", inputmode: "numeric", "aria-label": "Frame, counted from 0", id: "frame-field" },
  });
  #last = element("span", { class: "frame-last caption" });
  #time = element("span", { class: "frame-time" });
  #speed = element("select", { class: "select speed", title: "Speed ([ and ])", attributes: { "aria-label": "Speed" } });
  #play;
  #loop;

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, playback: Playback, preferences: PreferencesModel }} models
   * @param {{ act: (id: ActionId) => void, showWhole: () => void }} actions
   */
  constructor(root, { project, playback, preferences }, { act, showWhole }) {
    this.#project = project;
    this.#playback = playback;
    /**
     * @param {string} iconName
     * @param {ActionId} id
     */
    const tool = (iconName, id) =>
      button({ icon: iconName, label: titleWithKey(id), class: "icon-button", onClick: () => act(id) });
    this.#play = tool("play", "play");
    this.#play.classList.add("transport-play");
    this.#loop = tool("loop", "loop");
    this.#speed.append(
      ...SPEEDS.map((speed) => element("option", { text: `${speed}×`, attributes: { value: String(speed) } })),
    );
    const whole = button({ icon: "zoom-out", label: "Show the whole video on the timeline", class: "icon-button", onClick: showWhole });
    const left = element("div", { class: "transport-left" }, this.#frame, this.#last, element("span", { class: "spring" }), this.#time);
    const middle = element(
      "div",
      { class: "transport-middle", attributes: { role: "toolbar", "aria-label": "Playback" } },
      tool("key-back", "previous_keyframe"),
      tool("step-back", "previous_frame"),
      this.#play,
      tool("step-forward", "next_frame"),
      tool("key-forward", "next_keyframe"),
    );
    const curves = tool("curves", "curves");
    preferences.on("change", () => curves.setAttribute("aria-pressed", String(preferences.get("curves"))));
    const right = element("div", { class: "transport-right" }, curves, tool("doubt", "next_suggestion"), this.#loop, this.#speed, whole);
    root.append(element("div", { class: "transport" }, left, middle, right));
    this.#observe();
  }

  /** Let the user type a frame number. */
  focusFrame() {
    this.#frame.focus();
  }

  #observe() {
    const playback = this.#playback;
    this.#project.on("opened", () => this.#update());
    playback.on("shown", () => this.#update());
    playback.on("frame", () => this.#update());
    playback.on("state", () => this.#updateState());
    this.#speed.addEventListener("change", () => {
      playback.speed = Number(this.#speed.value);
      this.#speed.blur();
    });
    this.#frame.addEventListener("keydown", (event) => this.#onKey(event));
    this.#frame.addEventListener("focus", () => this.#frame.select());
    this.#frame.addEventListener("pointerup", () => this.#frame.select());
    this.#frame.addEventListener("blur", () => this.#update(true));
    this.#updateState();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    if (event.key === "Enter") {
      const frame = Number.parseInt(this.#frame.value, 10);
      if (Number.isFinite(frame)) {
        this.#playback.pause();
        this.#playback.goTo(frame);
      }
      this.#frame.blur();
    } else if (event.key === "Escape") {
      this.#frame.blur();
    }
  }

  /** @param {boolean} isForced also while the field is being edited */
  #update(isForced = false) {
    const { shown, frame, nFrames } = this.#playback;
    const number = shown >= 0 ? shown : frame;
    if (isForced || document.activeElement !== this.#frame) {
      this.#frame.value = String(number);
    }
    this.#play.disabled = nFrames < 2;
    setText(this.#last, `of 0–${Math.max(0, nFrames - 1)}`);
    setText(this.#time, formatTime(this.#project.timeOf(number)));
  }

  #updateState() {
    const { isPlaying, isLooping, speed } = this.#playback;
    setIcon(this.#play, isPlaying ? "pause" : "play");
    this.#loop.setAttribute("aria-pressed", String(isLooping));
    this.#speed.value = String(speed);
  }
}
