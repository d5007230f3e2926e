/**
 * The part of the picture that is on the screen, and how large.
 *
 * @import { Point } from "../geometry/point.js"
 */
import { ViewTransform } from "../geometry/view_transform.js";
import { Emitter } from "../state/emitter.js";

/** Free space around a fitted picture, CSS pixels. */
const FIT_MARGIN_PX = 16;
/** This much of the picture always stays in the box, CSS pixels. */
const KEEP_PX = 48;

/** @extends {Emitter<{ change: null }>} */
export class Viewport extends Emitter {
  width = 1;
  height = 1;
  pixelRatio = 1;
  imageWidth = 1;
  imageHeight = 1;
  transform = new ViewTransform();
  #isFitted = true;

  /** @returns {boolean} whether the whole picture is shown as large as it fits */
  get isFitted() {
    return this.#isFitted;
  }

  /** @returns {number} the scale of the fitted picture */
  get fitScale() {
    return this.#fitted().scale;
  }

  /**
   * @param {number} width CSS pixels
   * @param {number} height CSS pixels
   * @param {number} pixelRatio
   */
  resize(width, height, pixelRatio) {
    const dx = (width - this.width) / 2;
    const dy = (height - this.height) / 2;
    this.width = width;
    this.height = height;
    this.pixelRatio = pixelRatio;
    this.#set(this.#isFitted ? this.#fitted() : this.transform.panned(dx, dy));
  }

  /**
   * @param {number} width image pixels
   * @param {number} height image pixels
   */
  setImage(width, height) {
    this.imageWidth = width;
    this.imageHeight = height;
    this.fit();
  }

  /** Show the whole picture. */
  fit() {
    this.#isFitted = true;
    this.#set(this.#fitted());
  }

  /**
   * @param {Point} anchor screen point that stays
   * @param {number} factor
   */
  zoomAt(anchor, factor) {
    this.#isFitted = false;
    this.#set(this.transform.zoomedAt(anchor, factor));
  }

  /** @param {number} factor around the middle */
  zoom(factor) {
    this.zoomAt({ x: this.width / 2, y: this.height / 2 }, factor);
  }

  /**
   * @param {number} dx screen pixels
   * @param {number} dy screen pixels
   */
  pan(dx, dy) {
    this.#isFitted = false;
    this.#set(this.transform.panned(dx, dy));
  }

  /**
   * Move just enough to have the image point well inside the box.
   *
   * @param {Point} point image pixels
   */
  reveal(point) {
    const at = this.transform.toScreen(point);
    const dx = at.x < KEEP_PX || at.x > this.width - KEEP_PX ? this.width / 2 - at.x : 0;
    const dy = at.y < KEEP_PX || at.y > this.height - KEEP_PX ? this.height / 2 - at.y : 0;
    if (dx || dy) {
      this.pan(dx, dy);
    }
  }

  #fitted() {
    return ViewTransform.fit(this.imageWidth, this.imageHeight, this.width, this.height, FIT_MARGIN_PX);
  }

  /** @param {ViewTransform} transform */
  #set(transform) {
    this.transform = transform.kept(this.imageWidth, this.imageHeight, this.width, this.height, KEEP_PX);
    this.emit("change", null);
  }
}
