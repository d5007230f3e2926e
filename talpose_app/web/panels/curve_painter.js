/**
 * Draws the selected point over time instead of the lanes: x, y and speed, and under a preview how they were before.
 *
 * @import { LabelState } from "../protocol/messages.js"
 * @import { Curves } from "../state/curves.js"
 * @import { PointTrack } from "../state/point_track.js"
 * @import { PointInfo, ProjectModel } from "../state/project.js"
 * @import { TimeView } from "./timeline_ruler.js"
 *
 * @typedef {{ top: number, height: number }} Row
 */
import { curvesOf, extentOf, polylines } from "../state/curves.js";
import { drawGrid, drawRange, drawRuler, FONT, shorten } from "./timeline_ruler.js";

/** @type {{ name: keyof Curves, title: string, unit: string }[]} */
const ROWS = [
  { name: "x", title: "x", unit: "px" },
  { name: "y", title: "y", unit: "px" },
  { name: "speed", title: "Speed", unit: "px/s" },
];
const PAD_PX = 6;
const DIAMOND_PX = 3.75;

/** Keeps the curves of a track until it changes. */
export class CurvePainter {
  #project;
  /** @type {Map<string, { key: string, track: PointTrack | null, version: number, curves: Curves }>} */
  #kept = new Map();

  /** @param {ProjectModel} project */
  constructor(project) {
    this.#project = project;
  }

  /** Labels have changed, or all of it. */
  forget() {
    this.#kept.clear();
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels, cleared
   * @param {TimeView & { info: PointInfo | null, track: PointTrack | null, before: PointTrack | null }} view `before`:
   *   null when nothing is previewed
   */
  draw(context, view) {
    const { info, layout } = view;
    context.save();
    context.beginPath();
    context.rect(0, layout.ruler, layout.width, layout.height - layout.ruler);
    context.clip();
    drawGrid(context, view);
    if (info) {
      const now = this.#curves("now", info, view.track);
      const before = view.before ? this.#curves("before", info, view.before) : null;
      const height = (layout.height - layout.ruler) / ROWS.length;
      ROWS.forEach((row, i) => {
        const place = { top: layout.ruler + i * height, height };
        this.#drawRow(context, view, { ...row, place, values: now[row.name], old: before?.[row.name] ?? null, info });
      });
    } else {
      drawHint(context, view);
    }
    context.restore();
    drawRange(context, view);
    drawRuler(context, view);
  }

  /**
   * @param {string} which
   * @param {PointInfo} info
   * @param {PointTrack | null} track
   * @returns {Curves}
   */
  #curves(which, info, track) {
    const project = this.#project;
    const kept = this.#kept.get(which);
    const version = track?.version ?? 0;
    if (kept && kept.key === info.key && kept.track === track && kept.version === version) {
      return kept.curves;
    }
    const curves = curvesOf(track, this.#labels(info), project.times);
    this.#kept.set(which, { key: info.key, track, version, curves });
    return curves;
  }

  /**
   * @param {PointInfo} info
   * @returns {{ frame: number, label: LabelState }[]}
   */
  #labels(info) {
    return this.#project.labelsOf(info.key).map((label) => ({ frame: label.frame_idx, label }));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {TimeView} view
   * @param {{ name: keyof Curves, title: string, unit: string, place: Row, values: Float32Array,
   *   old: Float32Array | null, info: PointInfo }} row
   */
  #drawRow(context, view, row) {
    const { layout, colors, axis } = view;
    const { place, info } = row;
    context.fillStyle = colors["line"];
    context.fillRect(0, place.top, layout.width, 1);
    const extent = extentOf(row.old ? [row.values, row.old] : [row.values], axis);
    drawTitle(context, view, row, extent);
    if (!extent) {
      return;
    }
    const span = Math.max(extent.high - extent.low, 1e-6);
    /** @param {number} value */
    const toY = (value) => place.top + place.height - PAD_PX - ((place.height - 2 * PAD_PX) * (value - extent.low)) / span;
    context.save();
    context.beginPath();
    context.rect(layout.gutter, place.top, layout.width - layout.gutter, place.height);
    context.clip();
    if (row.old) {
      drawCurve(context, view, row.old, toY, { color: colors["ink-3"], width: 1.25, alpha: 0.75 });
    }
    const color = row.old ? colors["accent"] : info.keypoint.color;
    drawCurve(context, view, row.values, toY, { color, width: 1.75, alpha: 1 });
    if (row.name !== "speed") {
      this.#drawLabels(context, view, info, row.name, toY);
    }
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {TimeView} view
   * @param {PointInfo} info
   * @param {"x" | "y"} name
   * @param {(value: number) => number} toY
   */
  #drawLabels(context, { axis, layout, colors }, info, name, toY) {
    const size = DIAMOND_PX * layout.scale;
    const path = new Path2D();
    for (const { frame, label } of this.#labels(info)) {
      const value = label[name];
      if (value !== null) {
        const x = layout.gutter + axis.toX(frame);
        const y = toY(value);
        path.moveTo(x, y - size);
        path.lineTo(x + size, y);
        path.lineTo(x, y + size);
        path.lineTo(x - size, y);
        path.closePath();
      }
    }
    context.lineWidth = 2.5 * layout.scale;
    context.strokeStyle = colors["panel"];
    context.stroke(path);
    context.fillStyle = colors["ink"];
    context.fill(path);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimeView} view
 * @param {Float32Array} values
 * @param {(value: number) => number} toY
 * @param {{ color: string, width: number, alpha: number }} look
 */
function drawCurve(context, { axis, layout }, values, toY, { color, width, alpha }) {
  const path = new Path2D();
  for (const piece of polylines(values, axis)) {
    piece.forEach(({ x, value }, i) => {
      if (i === 0) {
        path.moveTo(layout.gutter + x - (piece.length === 1 ? 1 : 0), toY(value));
      }
      path.lineTo(layout.gutter + x + (piece.length === 1 ? 1 : 0), toY(value));
    });
  }
  context.globalAlpha = alpha;
  context.strokeStyle = color;
  context.lineWidth = width * layout.scale;
  context.lineJoin = "round";
  context.stroke(path);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimeView} view
 * @param {{ name: keyof Curves, title: string, unit: string, place: Row, info: PointInfo }} row
 * @param {{ low: number, high: number } | null} extent
 */
function drawTitle(context, { layout, colors }, { name, title, unit, place, info }, extent) {
  const { scale } = layout;
  const middle = place.top + place.height / 2;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `600 ${11.5 * scale}px ${FONT}`;
  context.fillStyle = colors["ink"];
  const isFirst = name === "x";
  if (isFirst) {
    context.fillStyle = info.keypoint.color;
    context.beginPath();
    context.arc(18 * scale, middle, 3.5 * scale, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = colors["ink"];
  }
  const point = isFirst ? `${shorten(context, info.keypoint.name, layout.gutter - 120 * scale)}  ` : "";
  context.fillText(point + title, 30 * scale, middle);
  context.textAlign = "right";
  context.font = `${10.5 * scale}px ${FONT}`;
  context.fillStyle = colors["ink-3"];
  const right = layout.gutter - 8 * scale;
  if (extent) {
    context.fillText(`${format(extent.high)} ${unit}`, right, place.top + 9 * scale);
    context.fillText(format(extent.low), right, place.top + place.height - 8 * scale);
  }
}

/**
 * @param {number} value
 * @returns {string}
 */
function format(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimeView} view
 */
function drawHint(context, { layout, colors }) {
  context.fillStyle = colors["ink-3"];
  context.font = `${12 * layout.scale}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const middle = (layout.gutter + layout.width) / 2;
  context.fillText("Select a point to see its x, y and speed over time.", middle, (layout.ruler + layout.height) / 2);
}
