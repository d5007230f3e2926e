/**
 * Which frame is wanted, which is shown, and the clock that plays.
 */
import { clamp } from "../geometry/point.js";
import { Emitter } from "./emitter.js";

/** Later than this the clock starts anew instead of skipping what was not ready. */
const MAX_LAG_S = 0.25;

/** The speeds the user can choose, times the video's own. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];

/**
 * Emits `frame` (another frame is wanted), `shown` (another picture is on the screen), `state` (play, speed, loop).
 *
 * @extends {Emitter<{ frame: null, shown: null, state: null }>}
 */
export class Playback extends Emitter {
  nFrames = 0;
  fps = 30;
  isLooping = false;
  #frame = 0;
  #shown = -1;
  #isExact = false;
  #isPlaying = false;
  #speed = 1;
  #direction = 1;
  /** Presentation time of every frame, seconds. @type {ArrayLike<number>} */
  #times = [];
  /** Frame and time (s) the clock counts from. @type {{ frame: number, time: number } | null} */
  #anchor = null;

  /** @returns {number} the frame the user wants to see */
  get frame() {
    return this.#frame;
  }

  /** @returns {number} the frame whose picture is on the screen, -1 before the first */
  get shown() {
    return this.#shown;
  }

  /** @returns {boolean} whether the wanted frame itself is on the screen */
  get isExact() {
    return this.#isExact && this.#shown === this.#frame;
  }

  /** @returns {boolean} */
  get isPlaying() {
    return this.#isPlaying;
  }

  /** @returns {number} */
  get speed() {
    return this.#speed;
  }

  /** @returns {number} where the user is going: -1 or 1 */
  get direction() {
    return this.#direction;
  }

  set speed(speed) {
    this.#speed = speed;
    this.#anchor = null;
    this.emit("state", null);
  }

  /**
   * @param {number} nFrames
   * @param {number} fps
   * @param {number} frame where to begin
   * @param {ArrayLike<number>} times presentation time of every frame, seconds; without them frames keep to `fps`
   */
  reset(nFrames, fps, frame = 0, times = []) {
    this.pause();
    this.nFrames = nFrames;
    this.#times = times;
    this.fps = fps || 30;
    this.#shown = -1;
    this.#isExact = false;
    this.#frame = clamp(frame, 0, Math.max(0, nFrames - 1));
    this.emit("frame", null);
  }

  /** @param {number} frameIdx */
  goTo(frameIdx) {
    this.#anchor = null;
    this.#moveTo(frameIdx);
  }

  /**
   * A jump by the user: play stops.
   *
   * @param {number} nFrames signed
   */
  step(nFrames) {
    this.pause();
    this.goTo(this.#frame + nFrames);
  }

  /** Start or stop. At the end it starts from the beginning. */
  toggle() {
    if (this.#isPlaying) {
      this.pause();
    } else {
      this.play();
    }
  }

  /** Start. */
  play() {
    if (this.nFrames < 2) {
      return;
    }
    if (this.#frame >= this.nFrames - 1) {
      this.goTo(0);
    }
    this.#isPlaying = true;
    this.#anchor = null;
    this.emit("state", null);
  }

  /** Stop. */
  pause() {
    if (this.#isPlaying) {
      this.#isPlaying = false;
      this.emit("state", null);
    }
  }

  /**
   * Move on while playing. A frame whose picture is not there holds the clock.
   *
   * @param {number} time seconds
   * @param {(frameIdx: number) => boolean} isReady whether a picture could be shown at once
   * @param {{ start: number, stop: number } | null} range the part to loop in
   */
  tick(time, isReady, range = null) {
    if (!this.#isPlaying) {
      return;
    }
    this.#anchor ??= { frame: this.#frame, time };
    const now = this.#timeOf(this.#anchor.frame) + (time - this.#anchor.time) * this.#speed;
    const next = this.#frame + 1;
    const lag = (now - this.#timeOf(next)) / this.#speed;
    if (lag < 0) {
      return;
    }
    if (lag > MAX_LAG_S) {
      this.#anchor = isReady(next) ? { frame: next, time } : this.#anchor;
      this.#advance(next, isReady, range);
      return;
    }
    const due = this.#frameAt(now);
    this.#advance(isReady(due) ? due : next, isReady, range);
  }

  /**
   * @param {number} frameIdx the one after the last included
   * @returns {number} seconds
   */
  #timeOf(frameIdx) {
    const last = this.#times.length - 1;
    const time = this.#times[Math.min(frameIdx, last)];
    return time === undefined ? frameIdx / this.fps : time + Math.max(0, frameIdx - last) / this.fps;
  }

  /**
   * @param {number} time seconds, not before the next frame's
   * @returns {number} the frame to be seen then
   */
  #frameAt(time) {
    let frame = this.#frame + 1;
    while (frame < this.nFrames && this.#timeOf(frame + 1) <= time) {
      frame += 1;
    }
    return frame;
  }

  /**
   * @param {number} frameIdx
   * @param {(frameIdx: number) => boolean} isReady
   * @param {{ start: number, stop: number } | null} range
   */
  #advance(frameIdx, isReady, range) {
    const stop = range && this.#frame < range.stop ? range.stop : this.nFrames;
    if (frameIdx < stop) {
      if (isReady(frameIdx)) {
        this.#moveTo(frameIdx);
      }
    } else if (this.isLooping) {
      this.goTo(range?.start ?? 0);
    } else {
      this.goTo(stop - 1);
      this.pause();
    }
  }

  /**
   * The screen shows this picture now.
   *
   * @param {number} frameIdx
   * @param {boolean} isExact false for a nearby picture shown while the wanted one is decoded
   */
  markShown(frameIdx, isExact) {
    if (frameIdx !== this.#shown || isExact !== this.#isExact) {
      this.#shown = frameIdx;
      this.#isExact = isExact;
      this.emit("shown", null);
    }
  }

  /** @param {number} frameIdx */
  #moveTo(frameIdx) {
    const target = clamp(Math.round(frameIdx), 0, Math.max(0, this.nFrames - 1));
    if (target !== this.#frame) {
      this.#direction = target > this.#frame ? 1 : -1;
      this.#frame = target;
      this.emit("frame", null);
    }
  }

  /** @param {boolean} isLooping */
  setLooping(isLooping) {
    this.isLooping = isLooping;
    this.emit("state", null);
  }
}
