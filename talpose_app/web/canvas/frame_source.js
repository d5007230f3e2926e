/**
 * Pictures of frames: asked for one at a time, kept while there is room.
 *
 * @import { Frame, VideoState } from "../protocol/messages.js"
 * @import { Link, LinkError } from "../state/labeling.js"
 *
 * @typedef {{ bitmap: ImageBitmap, frameIdx: number, isExact: boolean }} Picture
 */
import { Emitter } from "../state/emitter.js";

/** Room for pictures, bytes: about a hundred of 1280x720. */
const BUDGET_BYTES = 384 << 20;
/** While scrubbing, a newer question overtakes an older one that is still open. */
const MAX_IN_FLIGHT = 2;
/** A picture this much smaller than it is drawn is asked for again; up close only the video's own pixels will do. */
const GOOD_ENOUGH = 0.8;

/**
 * Emits `picture` (one has come) and `failed` (one cannot be had).
 *
 * @extends {Emitter<{ picture: null, failed: LinkError }>}
 */
export class FrameSource extends Emitter {
  #link;
  /** @type {Map<number, Picture>} least recently used first */
  #pictures = new Map();
  #bytes = 0;
  /** @type {{ askedIdx: number, picture: Picture } | null} */
  #preview = null;
  /** @type {Set<number>} */
  #inFlight = new Set();
  /** @type {number[]} */
  #wanted = [];
  #direction = 1;
  #isPlaying = false;
  #generation = 0;
  /** @type {VideoState | null} */
  #video = null;
  #maxWidth = 1;
  #maxHeight = 1;

  /** @param {Link} link */
  constructor(link) {
    super();
    this.#link = link;
  }

  /** @param {VideoState | null} video another video: forget all pictures */
  reset(video) {
    this.#generation += 1;
    for (const { bitmap } of this.#pictures.values()) {
      bitmap.close();
    }
    this.#pictures.clear();
    this.#bytes = 0;
    this.#preview?.picture.bitmap.close();
    this.#preview = null;
    this.#inFlight.clear();
    this.#wanted = [];
    this.#video = video;
  }

  /**
   * How large pictures are drawn.
   *
   * @param {number} width device pixels
   * @param {number} height device pixels
   */
  setSize(width, height) {
    this.#maxWidth = Math.max(1, Math.ceil(width));
    this.#maxHeight = Math.max(1, Math.ceil(height));
    this.#pump();
  }

  /**
   * Say what is needed, most urgent first. Earlier wishes are dropped.
   *
   * @param {number[]} frameIdxs
   * @param {{ direction: number, isPlaying: boolean }} going
   */
  want(frameIdxs, going) {
    this.#wanted = frameIdxs;
    this.#direction = going.direction;
    this.#isPlaying = going.isPlaying;
    this.#pump();
  }

  /** The line is back: what was asked is lost. */
  restart() {
    this.#inFlight.clear();
    this.#pump();
  }

  /**
   * @param {number} frameIdx
   * @returns {boolean} whether the frame itself is there
   */
  has(frameIdx) {
    return this.#pictures.has(frameIdx);
  }

  /**
   * The picture of the frame, or a nearby one that the server sent meanwhile.
   *
   * @param {number} frameIdx
   * @returns {Picture | null}
   */
  best(frameIdx) {
    const picture = this.#pictures.get(frameIdx);
    if (picture) {
      this.#pictures.delete(frameIdx);
      this.#pictures.set(frameIdx, picture);
      return picture;
    }
    return this.#preview?.askedIdx === frameIdx ? this.#preview.picture : null;
  }

  /** @param {Frame} frame */
  async receive(frame) {
    const generation = this.#generation;
    if (frame.is_exact) {
      this.#inFlight.delete(frame.frame_idx);
      this.#pump();
    }
    const blob = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (frame.jpeg)], { type: "image/jpeg" });
    const bitmap = await createImageBitmap(blob);
    if (generation !== this.#generation) {
      bitmap.close();
      return;
    }
    const picture = { bitmap, frameIdx: frame.shown_idx, isExact: frame.is_exact };
    if (frame.is_exact) {
      this.#keep(picture);
    } else {
      this.#preview?.picture.bitmap.close();
      this.#preview = { askedIdx: frame.frame_idx, picture };
    }
    this.emit("picture", null);
  }

  /** @param {Picture} picture */
  #keep(picture) {
    this.#drop(picture.frameIdx);
    this.#pictures.set(picture.frameIdx, picture);
    this.#bytes += sizeOf(picture);
    for (const [frameIdx] of this.#pictures) {
      if (this.#bytes <= BUDGET_BYTES || frameIdx === picture.frameIdx) {
        break;
      }
      if (!this.#wanted.includes(frameIdx)) {
        this.#drop(frameIdx);
      }
    }
    this.#pump();
  }

  /** @param {number} frameIdx */
  #drop(frameIdx) {
    const picture = this.#pictures.get(frameIdx);
    if (picture) {
      this.#pictures.delete(frameIdx);
      this.#bytes -= sizeOf(picture);
      picture.bitmap.close();
    }
  }

  /**
   * @param {number} frameIdx
   * @returns {boolean}
   */
  #isGood(frameIdx) {
    const picture = this.#pictures.get(frameIdx);
    if (!picture || !this.#video) {
      return false;
    }
    const { width, height } = this.#video;
    const scale = Math.min(1, this.#maxWidth / width, this.#maxHeight / height);
    return picture.bitmap.width >= Math.floor(width * (scale < 1 ? scale * GOOD_ENOUGH : 1));
  }

  /** Ask for the most urgent pictures that are missing. */
  #pump() {
    if (!this.#video) {
      return;
    }
    const room = this.#isPlaying ? 1 : MAX_IN_FLIGHT;
    for (const frameIdx of this.#wanted) {
      if (this.#inFlight.size >= room) {
        return;
      }
      if (!this.#inFlight.has(frameIdx) && !this.#isGood(frameIdx)) {
        this.#ask(frameIdx);
      }
    }
  }

  /** @param {number} frameIdx */
  #ask(frameIdx) {
    const generation = this.#generation;
    this.#inFlight.add(frameIdx);
    this.#link
      .request("get_frame", {
        frame_idx: frameIdx,
        max_width: this.#maxWidth,
        max_height: this.#maxHeight,
        direction: this.#direction,
      })
      .then(
        () => this.#onAnswered(frameIdx, generation, true),
        (/** @type {LinkError} */ error) => {
          this.#onAnswered(frameIdx, generation, false);
          this.emit("failed", error);
        },
      );
  }

  /**
   * @param {number} frameIdx
   * @param {number} generation
   * @param {boolean} isDone a refused frame is not asked for again by itself
   */
  #onAnswered(frameIdx, generation, isDone) {
    if (generation === this.#generation && this.#inFlight.delete(frameIdx) && isDone) {
      this.#pump();
    }
  }
}

/**
 * @param {Picture} picture
 * @returns {number} bytes
 */
function sizeOf(picture) {
  return picture.bitmap.width * picture.bitmap.height * 4;
}
