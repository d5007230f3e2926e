/**
 * One animation frame for everything: says when to draw, never draws what has not changed.
 *
 * @typedef {"frame" | "overlay"} Layer
 */

/** Layers are marked dirty at any time and drawn at the next animation frame. */
export class Renderer {
  #draw;
  /** @type {Set<Layer>} */
  #dirty = new Set();
  #request = 0;
  #isRunning = false;

  /**
   * @param {(dirty: ReadonlySet<Layer>, timeMs: number) => void} draw
   */
  constructor(draw) {
    this.#draw = draw;
  }

  /** @param {Layer[]} layers none: just look at the next animation frame */
  invalidate(...layers) {
    layers.forEach((layer) => this.#dirty.add(layer));
    this.#schedule();
  }

  /** @param {boolean} isRunning ask for every animation frame, as while playing */
  setRunning(isRunning) {
    this.#isRunning = isRunning;
    if (isRunning) {
      this.#schedule();
    }
  }

  #schedule() {
    if (this.#request === 0) {
      this.#request = requestAnimationFrame((time) => this.#onFrame(time));
    }
  }

  /** @param {number} time */
  #onFrame(time) {
    this.#request = 0;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    this.#draw(dirty, time);
    if (this.#isRunning) {
      this.#schedule();
    }
  }
}
