/**
 * Draws the timeline's lanes, one a point.
 * Only lanes that can be seen are drawn, and every lane's confidence is kept
 * until the lane or the axis changes.
 *
 * @import { TimeAxis } from "../geometry/time_axis.js"
 * @import { PointInfo, ProjectModel } from "../state/project.js"
 * @import { ThemeColors } from "./theme_colors.js"
 * @import { TimeView } from "./timeline_ruler.js"
 *
 * @typedef {TimeView & { scrollTop: number, lanes: PointInfo[], selected: string | null,
 *   isHidden: (key: string) => boolean, suggested: (key: string) => readonly number[] }} TimelineView
 */
import { confidenceColumns } from "../state/lane_summary.js";
import { DOUBTFUL_CONFIDENCE } from "../state/point_track.js";
import { drawGrid, drawRange, drawRuler, FONT, shorten } from "./timeline_ruler.js";

const DIAMOND_PX = 4.25;
const WEDGE_PX = 4;
const HATCH_PX = 4;

/** Draws what changes seldom. */
export class TimelinePainter {
  #project;
  /** @type {Map<string, { axis: TimeAxis, track: object, version: number, columns: Float32Array }>} */
  #columns = new Map();

  /** @param {ProjectModel} project */
  constructor(project) {
    this.#project = project;
  }

  /** Forget what is kept of another project. */
  reset() {
    this.#columns.clear();
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels, cleared
   * @param {TimelineView} view
   */
  draw(context, view) {
    const { layout, scrollTop, lanes } = view;
    context.save();
    context.beginPath();
    context.rect(0, layout.ruler, layout.width, layout.height - layout.ruler);
    context.clip();
    drawGrid(context, view);
    const first = Math.max(0, Math.floor(scrollTop / layout.lane));
    const last = Math.min(lanes.length, Math.ceil((scrollTop + layout.height - layout.ruler) / layout.lane));
    for (let i = first; i < last; i++) {
      const info = lanes[i];
      if (info) {
        this.#drawLane(context, view, info, layout.ruler + i * layout.lane - scrollTop);
      }
    }
    context.restore();
    if (lanes.length === 0) {
      drawEmpty(context, view);
    }
    drawRange(context, view);
    drawRuler(context, view);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {TimelineView} view
   * @param {PointInfo} info
   * @param {number} top
   */
  #drawLane(context, view, info, top) {
    const { layout, colors } = view;
    const isSelected = info.key === view.selected;
    context.globalAlpha = view.isHidden(info.key) ? 0.35 : 1;
    if (isSelected) {
      context.fillStyle = colors["accent-soft"];
      context.fillRect(0, top, layout.width, layout.lane);
    }
    drawLaneName(context, view, info, top, isSelected);
    context.save();
    context.beginPath();
    context.rect(layout.gutter, top, layout.width - layout.gutter, layout.lane);
    context.clip();
    this.#drawConfidence(context, view, info, top);
    drawSuggestions(context, view, info, top);
    this.#drawLabels(context, view, info, top);
    context.restore();
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {TimelineView} view
   * @param {PointInfo} info
   * @param {number} top
   */
  #drawConfidence(context, { axis, layout, colors, isHidden }, info, top) {
    const columns = this.#columnsOf(info.key, axis);
    if (!columns) {
      return;
    }
    const base = top + layout.lane - 3;
    const full = layout.lane - 7;
    const sure = new Path2D();
    const doubtful = new Path2D();
    for (const run of runsOf(columns)) {
      const path = run.isSure ? sure : doubtful;
      path.moveTo(layout.gutter + run.start, base);
      for (let column = run.start; column < run.stop; column++) {
        path.lineTo(layout.gutter + column + 0.5, base - Math.max(run.isSure ? 0 : 2, (columns[column] ?? 0) * full));
      }
      path.lineTo(layout.gutter + run.stop, base);
      path.closePath();
    }
    const strength = isHidden(info.key) ? 0.35 : 1;
    context.globalAlpha = 0.5 * strength;
    context.fillStyle = info.keypoint.color;
    context.fill(sure);
    drawDoubt(context, doubtful, { left: layout.gutter, right: layout.width, top, bottom: base, strength, colors });
    context.globalAlpha = strength;
  }

  /**
   * @param {string} key
   * @param {TimeAxis} axis
   * @returns {Float32Array | null}
   */
  #columnsOf(key, axis) {
    const track = this.#project.tracks.get(key);
    if (!track) {
      return null;
    }
    const kept = this.#columns.get(key);
    if (kept && kept.axis === axis && kept.track === track && kept.version === track.version) {
      return kept.columns;
    }
    const columns = confidenceColumns(track, axis);
    this.#columns.set(key, { axis, track, version: track.version, columns });
    return columns;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {TimelineView} view
   * @param {PointInfo} info
   * @param {number} top
   */
  #drawLabels(context, { axis, layout, colors }, info, top) {
    const size = DIAMOND_PX * layout.scale;
    const y = top + layout.lane / 2;
    const path = new Path2D();
    const hollow = new Path2D();
    for (const frame of this.#project.labels.shown.frames(info.key)) {
      const x = layout.gutter + axis.toX(frame);
      if (x < layout.gutter - size || x > layout.width + size) {
        continue;
      }
      const label = this.#project.labels.shown.get(info.key, frame);
      const into = label?.visibility === "visible" ? path : hollow;
      into.moveTo(x, y - size);
      into.lineTo(x + size, y);
      into.lineTo(x, y + size);
      into.lineTo(x - size, y);
      into.closePath();
    }
    context.lineWidth = 3 * layout.scale;
    context.strokeStyle = colors["panel"];
    context.stroke(path);
    context.stroke(hollow);
    context.fillStyle = colors["ink"];
    context.fill(path);
    context.fillStyle = colors["panel"];
    context.fill(hollow);
    context.lineWidth = 1.5 * layout.scale;
    context.strokeStyle = colors["ink"];
    context.stroke(hollow);
  }
}

/**
 * Hatched: the color alone could be a keypoint's own, and not every eye tells it from others.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} area
 * @param {{ left: number, right: number, top: number, bottom: number, strength: number, colors: ThemeColors }} lane
 */
function drawDoubt(context, area, { left, right, top, bottom, strength, colors }) {
  context.globalAlpha = 0.9 * strength;
  context.fillStyle = colors["panel"];
  context.fill(area);
  context.save();
  context.clip(area);
  const hatch = new Path2D();
  const height = bottom - top;
  for (let x = left - height; x < right; x += HATCH_PX) {
    hatch.moveTo(x, bottom);
    hatch.lineTo(x + height, top);
  }
  context.globalAlpha = strength;
  context.strokeStyle = colors["ink"];
  context.lineWidth = 1.25;
  context.stroke(hatch);
  context.restore();
  context.strokeStyle = colors["ink"];
  context.globalAlpha = 0.6 * strength;
  context.lineWidth = 1;
  context.stroke(area);
}

/**
 * Where a label would pay: a wedge that points at the lane from above.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {TimelineView} view
 * @param {PointInfo} info
 * @param {number} top
 */
function drawSuggestions(context, { axis, layout, colors, suggested }, info, top) {
  const half = WEDGE_PX * layout.scale;
  const path = new Path2D();
  for (const frame of suggested(info.key)) {
    const x = layout.gutter + axis.toX(frame);
    path.moveTo(x - half, top + 1);
    path.lineTo(x + half, top + 1);
    path.lineTo(x, top + 1 + 1.7 * half);
    path.closePath();
  }
  context.lineWidth = 2 * layout.scale;
  context.strokeStyle = colors["panel"];
  context.stroke(path);
  context.fillStyle = colors["accent"];
  context.fill(path);
}

/**
 * Stretches of columns that are sure, or doubtful; columns without a prediction are in none.
 *
 * @param {Float32Array} columns
 * @returns {{ start: number, stop: number, isSure: boolean }[]}
 */
function runsOf(columns) {
  /** @type {{ start: number, stop: number, isSure: boolean }[]} */
  const runs = [];
  columns.forEach((value, column) => {
    if (Number.isNaN(value)) {
      return;
    }
    const isSure = value >= DOUBTFUL_CONFIDENCE;
    const last = runs.at(-1);
    if (last && last.stop === column && last.isSure === isSure) {
      last.stop = column + 1;
    } else {
      runs.push({ start: column, stop: column + 1, isSure });
    }
  });
  return runs;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimelineView} view
 * @param {PointInfo} info
 * @param {number} top
 * @param {boolean} isSelected
 */
function drawLaneName(context, { layout, colors, lanes }, info, top, isSelected) {
  const isAlone = lanes.every((other) => other.individual === info.individual);
  const laneName = isAlone ? info.keypoint.name : `${info.individual.name} · ${info.keypoint.name}`;
  const y = top + layout.lane / 2;
  context.fillStyle = info.keypoint.color;
  context.beginPath();
  context.arc(18 * layout.scale, y, 3.5 * layout.scale, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = isSelected ? colors["ink"] : colors["ink-2"];
  context.font = `${isSelected ? 600 : 400} ${11.5 * layout.scale}px ${FONT}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText(shorten(context, laneName, layout.gutter - 44 * layout.scale), 30 * layout.scale, y + 0.5);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {TimelineView} view
 */
function drawEmpty(context, { layout, colors }) {
  context.fillStyle = colors["ink-3"];
  context.font = `${12 * layout.scale}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const middle = (layout.gutter + layout.width) / 2;
  context.fillText("Every keypoint gets a lane here: its labels and how sure the tracker is.", middle, (layout.ruler + layout.height) / 2);
}
