/**
 * Glyphs as small pictures: drawn once, stamped many times. A hundred outlines
 * drawn anew for every movement of the pointer are too slow without a GPU.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { GlyphKind } from "./glyphs.js"
 *
 * @typedef {{ kind: GlyphKind, order: number, color: string, radius: number, unit: number }} Glyph `radius` and
 *   `unit` (a hair line's width) in CSS pixels
 */
import { drawGlyph, shapeIndex } from "./glyphs.js";

/** Outlines and strokes reach beyond the radius by this factor, and by this many units. */
const REACH = 1.75;
const MARGIN_UNITS = 4;
/** More than all kinds, shapes and colors of a large project, at two sizes. */
const MOST = 2000;

/** Stamps, kept by look. */
export class GlyphCache {
  /** @type {Map<string, HTMLCanvasElement>} */
  #stamps = new Map();

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {Point} at
   * @param {Glyph} glyph
   * @param {number} pixelRatio
   */
  draw(context, at, glyph, pixelRatio) {
    const stamp = this.#stamp(glyph, pixelRatio);
    const size = stamp.width / pixelRatio;
    context.drawImage(stamp, at.x - size / 2, at.y - size / 2, size, size);
  }

  /**
   * @param {Glyph} glyph
   * @param {number} pixelRatio
   * @returns {HTMLCanvasElement}
   */
  #stamp(glyph, pixelRatio) {
    const { kind, order, color, radius, unit } = glyph;
    const key = `${kind} ${shapeIndex(order)} ${color} ${radius.toFixed(2)} ${unit} ${pixelRatio}`;
    let stamp = this.#stamps.get(key);
    if (!stamp) {
      if (this.#stamps.size >= MOST) {
        this.#stamps.clear();
      }
      stamp = makeStamp(glyph, pixelRatio);
      this.#stamps.set(key, stamp);
    }
    return stamp;
  }
}

/**
 * @param {Glyph} glyph
 * @param {number} pixelRatio
 * @returns {HTMLCanvasElement}
 */
function makeStamp({ kind, order, color, radius, unit }, pixelRatio) {
  const stamp = document.createElement("canvas");
  const half = Math.ceil((radius * REACH + MARGIN_UNITS * unit) * pixelRatio);
  stamp.width = 2 * half;
  stamp.height = 2 * half;
  const context = stamp.getContext("2d");
  if (context) {
    context.translate(half, half);
    context.scale(radius * pixelRatio, radius * pixelRatio);
    drawGlyph(context, { kind, order, color, unit: unit / radius });
  }
  return stamp;
}
