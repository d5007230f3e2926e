/**
 * Draws what follows the pointer: the loupe, and the ghost of a point about to be placed.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { Picture } from "./frame_source.js"
 * @import { Viewport } from "./viewport.js"
 */
import { drawGlyph } from "./glyphs.js";

const LOUPE_RADIUS_PX = 66;
const LOUPE_DISTANCE_PX = 104;
/** The loupe shows an image pixel at least this large. */
const LOUPE_MIN_SCALE = 8;
const TURN = 2 * Math.PI;

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Viewport} viewport
 * @param {Picture} picture
 * @param {{ at: Point, color: string, uiScale: number, filter: string }} loupe `at`: image pixels
 */
export function drawLoupe(context, viewport, picture, { at, color, uiScale, filter }) {
  const radius = LOUPE_RADIUS_PX * uiScale;
  const pointer = viewport.transform.toScreen(at);
  const middle = loupePlace(pointer, viewport, LOUPE_DISTANCE_PX * uiScale, radius);
  const scale = Math.max(LOUPE_MIN_SCALE, viewport.transform.scale * 3);
  context.save();
  // Rings instead of a blurred shadow, which costs more than all the rest of the frame.
  for (const [width, alpha] of /** @type {const} */ ([[9, 0.1], [6, 0.18], [3.5, 0.3]])) {
    context.fillStyle = `rgb(0 0 0 / ${alpha})`;
    disc(context, middle, radius + width * uiScale);
    context.fill();
  }
  context.fillStyle = "#111";
  disc(context, middle, radius);
  context.fill();
  context.clip();
  drawMagnified(context, viewport, picture, { at, middle, scale, filter });
  drawCrossHair(context, middle, radius, scale, color);
  context.restore();
  context.strokeStyle = "rgb(255 255 255 / 0.9)";
  context.lineWidth = 2 * uiScale;
  disc(context, middle, radius);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Viewport} viewport
 * @param {Picture} picture
 * @param {{ at: Point, middle: Point, scale: number, filter: string }} lens
 */
function drawMagnified(context, viewport, picture, { at, middle, scale, filter }) {
  const pointer = viewport.transform.toScreen(at);
  const ratio = scale / viewport.transform.scale;
  const corner = viewport.transform;
  context.save();
  context.imageSmoothingEnabled = false;
  context.filter = filter;
  context.translate(middle.x, middle.y);
  context.scale(ratio, ratio);
  context.translate(-pointer.x, -pointer.y);
  context.drawImage(
    picture.bitmap,
    corner.left,
    corner.top,
    viewport.imageWidth * corner.scale,
    viewport.imageHeight * corner.scale,
  );
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} middle
 * @param {number} radius
 * @param {number} scale
 * @param {string} color
 */
function drawCrossHair(context, middle, radius, scale, color) {
  const gap = Math.min(radius / 3, scale);
  for (const [style, width] of /** @type {const} */ ([["rgb(0 0 0 / 0.55)", 3], [color, 1.5]])) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(middle.x - radius, middle.y);
    context.lineTo(middle.x - gap, middle.y);
    context.moveTo(middle.x + gap, middle.y);
    context.lineTo(middle.x + radius, middle.y);
    context.moveTo(middle.x, middle.y - radius);
    context.lineTo(middle.x, middle.y - gap);
    context.moveTo(middle.x, middle.y + gap);
    context.lineTo(middle.x, middle.y + radius);
    context.stroke();
  }
}

/**
 * Beside the pointer, up and to the right where there is room.
 *
 * @param {Point} pointer
 * @param {Viewport} viewport
 * @param {number} away
 * @param {number} radius
 * @returns {Point}
 */
function loupePlace(pointer, viewport, away, radius) {
  const isRight = pointer.x + away + radius < viewport.width;
  const isUp = pointer.y - away - radius > 0;
  const reach = away * Math.SQRT1_2 + radius / 4;
  return { x: pointer.x + (isRight ? reach : -reach), y: pointer.y + (isUp ? -reach : reach) };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} middle
 * @param {number} radius
 */
function disc(context, middle, radius) {
  context.beginPath();
  context.arc(middle.x, middle.y, radius, 0, TURN);
}

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{ at: Point, order: number, color: string, name: string, uiScale: number }} ghost `at`: screen pixels
 */
export function drawGhost(context, { at, order, color, name, uiScale }) {
  const radius = 6 * uiScale;
  context.save();
  context.globalAlpha = 0.85;
  context.translate(at.x, at.y);
  context.save();
  context.scale(radius, radius);
  drawGlyph(context, { kind: "predicted", order, color, unit: uiScale / radius });
  context.restore();
  context.font = `600 ${11.5 * uiScale}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3 * uiScale;
  context.strokeStyle = "rgb(0 0 0 / 0.65)";
  context.strokeText(name, 15 * uiScale, -11 * uiScale);
  context.fillStyle = "#fff";
  context.fillText(name, 15 * uiScale, -11 * uiScale);
  context.restore();
}
