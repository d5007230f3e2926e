/**
 * Draws the points of the frame and their names.
 *
 * @import { Scene, ScenePoint } from "./scene.js"
 * @import { GlyphKind } from "./glyphs.js"
 */
import { placeNames } from "../geometry/name_places.js";
import { DOUBTFUL_CONFIDENCE } from "../state/point_track.js";
import { GlyphCache } from "./glyph_cache.js";

const LABEL_RADIUS_PX = 6;
const PREDICTED_RADIUS_PX = 5.5;
const SELECTED_RING_PX = 7;
const TURN = 2 * Math.PI;
const glyphs = new GlyphCache();

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Scene} scene
 * @param {ScenePoint[]} points
 * @param {{ uiScale: number, isDragging: boolean }} look
 */
export function drawPoints(context, scene, points, { uiScale, isDragging }) {
  const size = uiScale * scene.preferences.get("pointSize");
  for (const point of points) {
    const isSelected = point.info.key === scene.selection.point;
    if (isSelected && !isDragging) {
      drawRing(context, point, size);
    }
    if (isSelected && isDragging) {
      drawTarget(context, point, size);
    } else {
      const isHovered = point.info.key === scene.selection.hovered;
      drawPoint(context, point, { size, isHovered, pixelRatio: scene.viewport.pixelRatio });
    }
  }
  drawNames(context, scene, points, uiScale);
}

/**
 * @param {ScenePoint["placed"]} placed
 * @returns {GlyphKind}
 */
export function kindOf(placed) {
  if (placed.isLabel) {
    return placed.visibility === "visible" ? "label" : placed.visibility;
  }
  return placed.confidence < DOUBTFUL_CONFIDENCE || placed.visibility !== "visible" ? "doubtful" : "predicted";
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ScenePoint} point
 * @param {{ size: number, isHovered: boolean, pixelRatio: number }} look
 */
function drawPoint(context, { info, placed, screen }, { size, isHovered, pixelRatio }) {
  const radius = (placed.isLabel ? LABEL_RADIUS_PX : PREDICTED_RADIUS_PX) * size * (isHovered ? 1.25 : 1);
  const glyph = { kind: kindOf(placed), order: info.order, color: info.keypoint.color, radius, unit: size };
  context.globalAlpha = placed.isLabel ? 1 : 0.8 + 0.2 * placed.confidence;
  glyphs.draw(context, screen, glyph, pixelRatio);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ScenePoint} point
 * @param {number} size
 */
function drawRing(context, { screen }, size) {
  const radius = LABEL_RADIUS_PX * size + SELECTED_RING_PX * size;
  for (const [style, width] of /** @type {const} */ ([["rgb(0 0 0 / 0.5)", 4], ["#fff", 2]])) {
    context.strokeStyle = style;
    context.lineWidth = width * size;
    context.beginPath();
    for (let quarter = 0; quarter < 4; quarter++) {
      const middle = ((quarter + 1 / 2) / 4) * TURN;
      context.moveTo(screen.x + radius * Math.cos(middle - 0.5), screen.y + radius * Math.sin(middle - 0.5));
      context.arc(screen.x, screen.y, radius, middle - 0.5, middle + 0.5);
    }
    context.stroke();
  }
}

/**
 * While it is dragged a point must not cover what it is put on: only a thin cross hair.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {ScenePoint} point
 * @param {number} size
 */
function drawTarget(context, { info, screen }, size) {
  const inner = 3 * size;
  const outer = 13 * size;
  for (const [style, width] of /** @type {const} */ ([["rgb(0 0 0 / 0.6)", 3.5], [info.keypoint.color, 1.75]])) {
    context.strokeStyle = style;
    context.lineWidth = width * size;
    context.beginPath();
    for (const [dx, dy] of /** @type {const} */ ([[1, 0], [-1, 0], [0, 1], [0, -1]])) {
      context.moveTo(screen.x + dx * inner, screen.y + dy * inner);
      context.lineTo(screen.x + dx * outer, screen.y + dy * outer);
    }
    context.stroke();
  }
}

/**
 * The selected and the hovered point are always named; with names on the others where there is room.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {ScenePoint[]} points
 * @param {number} uiScale
 */
function drawNames(context, scene, points, uiScale) {
  const { hovered, point: selected } = scene.selection;
  const isAll = scene.preferences.get("names");
  context.font = `600 ${11.5 * uiScale}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineJoin = "round";
  const wanted = points
    .map(({ info, screen }) => ({ name: info.keypoint.name, at: screen, isForced: info.key === hovered || info.key === selected }))
    .filter(({ isForced }) => isAll || isForced)
    .sort((a, b) => Number(b.isForced) - Number(a.isForced))
    .map((entry) => ({ ...entry, width: context.measureText(entry.name).width }));
  const look = { height: 14 * uiScale, dx: 13 * uiScale, dy: 11 * uiScale, radius: 6 * uiScale };
  placeNames(wanted, look).forEach((place, idx) => {
    const name = wanted[idx]?.name ?? "";
    if (place) {
      context.lineWidth = 3 * uiScale;
      context.strokeStyle = "rgb(0 0 0 / 0.65)";
      context.strokeText(name, place.x, place.y);
      context.fillStyle = "#fff";
      context.fillText(name, place.x, place.y);
    }
  });
}
