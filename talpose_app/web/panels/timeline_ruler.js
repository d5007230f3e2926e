/**
 * What every view of the timeline has: ruler, grid, the chosen range, the play head.
 *
 * @import { TimeAxis } from "../geometry/time_axis.js"
 * @import { FrameRange } from "../state/selection.js"
 * @import { ThemeColors } from "./theme_colors.js"
 *
 * @typedef {{ gutter: number, ruler: number, lane: number, width: number, height: number, scale: number }} Layout CSS
 *   pixels; `scale`: of the type
 * @typedef {{ axis: TimeAxis, layout: Layout, range: FrameRange | null, colors: ThemeColors }} TimeView
 */

export const FONT = "system-ui, sans-serif";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimeView} view
 */
export function drawGrid(context, { axis, layout, colors }) {
  context.fillStyle = colors["line"];
  for (const frame of axis.ticks) {
    context.fillRect(Math.round(layout.gutter + axis.toX(frame)), layout.ruler, 1, layout.height);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimeView} view
 */
export function drawRange(context, { axis, layout, range, colors }) {
  if (!range) {
    return;
  }
  const left = Math.max(layout.gutter, layout.gutter + axis.edgeX(range.start));
  const right = Math.max(left, layout.gutter + axis.edgeX(range.stop));
  context.globalAlpha = 0.13;
  context.fillStyle = colors["accent"];
  context.fillRect(left, 0, right - left, layout.height);
  context.globalAlpha = 1;
  context.fillRect(left, 0, 1.5, layout.height);
  context.fillRect(right - 1.5, 0, 1.5, layout.height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimeView} view
 */
export function drawRuler(context, { axis, layout, colors }) {
  context.fillStyle = colors["line"];
  context.fillRect(0, layout.ruler - 1, layout.width, 1);
  context.fillRect(layout.gutter - 1, 0, 1, layout.height);
  context.fillStyle = colors["ink-3"];
  context.font = `${10.5 * layout.scale}px ${FONT}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const frame of axis.ticks) {
    const x = layout.gutter + axis.toX(frame);
    const half = context.measureText(String(frame)).width / 2;
    if (x - half > layout.gutter - 2 && x + half < layout.width) {
      context.fillText(String(frame), x, layout.ruler / 2);
    } else if (x + half >= layout.width) {
      context.fillText(String(frame), layout.width - half - 2, layout.ruler / 2);
    } else {
      context.fillText(String(frame), layout.gutter + half + 3, layout.ruler / 2);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels, cleared
 * @param {{ axis: TimeAxis, layout: Layout, frame: number, shown: number, colors: ThemeColors }} view
 */
export function drawPlayHead(context, { axis, layout, frame, shown, colors }) {
  if (shown >= 0 && shown !== frame) {
    drawNeedle(context, { axis, layout, frame: shown, color: colors["ink-3"], ink: colors["panel"] });
  }
  drawNeedle(context, { axis, layout, frame, color: colors["accent"], ink: colors["on-accent"] });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ axis: TimeAxis, layout: Layout, frame: number, color: string, ink: string }} needle
 */
function drawNeedle(context, { axis, layout, frame, color, ink }) {
  const x = layout.gutter + axis.toX(frame);
  if (x < layout.gutter || x > layout.width) {
    return;
  }
  const cell = Math.max(1.5, axis.pixelsPerFrame);
  context.fillStyle = color;
  context.globalAlpha = 0.16;
  context.fillRect(x - cell / 2, layout.ruler, cell, layout.height);
  context.globalAlpha = 1;
  context.fillRect(x - 0.75, layout.ruler - 2, 1.5, layout.height);
  drawHandle(context, { x, layout, text: String(frame), color, ink });
}

/**
 * The handle covers the ruler's number, so it says the frame itself.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, layout: Layout, text: string, color: string, ink: string }} handle
 */
function drawHandle(context, { x, layout, text, color, ink }) {
  const { scale, ruler, width } = layout;
  context.font = `600 ${10.5 * scale}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const half = Math.max(5.5 * scale, context.measureText(text).width / 2 + 4 * scale);
  const middle = Math.min(x, width - half);
  const bottom = ruler - 4 * scale;
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(middle - half, 2 * scale, 2 * half, bottom - 2 * scale, 3 * scale);
  context.moveTo(x - 4 * scale, bottom);
  context.lineTo(x + 4 * scale, bottom);
  context.lineTo(x, ruler);
  context.fill();
  context.fillStyle = ink;
  context.fillText(text, middle, (2 * scale + bottom) / 2);
}

/**
 * Cut a text until it fits; letters pressed together cannot be read.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 * @returns {string}
 */
export function shorten(context, text, room) {
  let short = text;
  while (short.length > 1 && context.measureText(short).width > room) {
    short = `${short.slice(0, -2)}…`;
  }
  return short;
}
