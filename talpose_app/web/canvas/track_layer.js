/**
 * Draws trails: where points were, solid and fading, and where they go, dotted.
 *
 * @import { Scene } from "./scene.js"
 * @import { PointTrack } from "../state/point_track.js"
 * @import { PointInfo } from "../state/project.js"
 */

/** A trail is drawn in this many pieces of falling strength. */
const N_PIECES = 4;
/** With more points than this at once, only their past is drawn, and without fading. */
const MANY = 24;

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Scene} scene
 * @param {number} frameIdx
 * @param {number} uiScale
 */
export function drawTrails(context, scene, frameIdx, uiScale) {
  if (!scene.preferences.get("trails")) {
    return;
  }
  const length = scene.preferences.get("trailFrames");
  const isAll = scene.preferences.get("allTrails") || scene.selection.point === null;
  const points = scene.visiblePoints;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const info of points) {
    const isSelected = info.key === scene.selection.point;
    if (isSelected || (isAll && points.length <= MANY)) {
      const strength = isSelected ? 1 : 0.7;
      drawTrail(context, scene, info, { frameIdx, reach: -length, nPieces: N_PIECES, uiScale, strength });
      drawTrail(context, scene, info, { frameIdx, reach: length, nPieces: N_PIECES, uiScale, strength });
    } else if (isAll) {
      drawTrail(context, scene, info, { frameIdx, reach: -length, nPieces: 1, uiScale, strength: 0.6 });
    }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {PointInfo} info
 * @param {{ frameIdx: number, reach: number, nPieces: number, uiScale: number, strength: number }} trail `reach`:
 *   frames, negative = past
 */
function drawTrail(context, scene, info, { frameIdx, reach, nPieces, uiScale, strength }) {
  const step = Math.sign(reach);
  const perPiece = Math.ceil(Math.abs(reach) / nPieces);
  const isFuture = step > 0;
  context.strokeStyle = info.keypoint.color;
  context.lineWidth = (isFuture ? 1.5 : 2.25) * uiScale;
  context.setLineDash(isFuture ? [0.1, 4 * uiScale] : []);
  for (let piece = 0; piece < nPieces; piece++) {
    context.globalAlpha = strength * (isFuture ? 0.8 : 0.9) * (1 - piece / nPieces);
    context.beginPath();
    let isPenDown = false;
    for (let i = piece * perPiece; i <= (piece + 1) * perPiece; i++) {
      const placed = scene.placed(info.key, frameIdx + i * step);
      if (!placed || placed.visibility === "absent") {
        isPenDown = false;
        continue;
      }
      const at = scene.viewport.transform.toScreen(placed);
      if (isPenDown) {
        context.lineTo(at.x, at.y);
      } else {
        context.moveTo(at.x, at.y);
        isPenDown = true;
      }
    }
    context.stroke();
  }
}

/**
 * While a filter is tried: where the track was that it would change, and how far the point moves in this frame.
 *
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Scene} scene
 * @param {number} frameIdx
 * @param {number} uiScale
 */
export function drawPathsBefore(context, scene, frameIdx, uiScale) {
  const isAll = scene.selection.point === null;
  const reach = scene.preferences.get("trailFrames");
  for (const info of scene.visiblePoints) {
    const track = scene.project.tracks.get(info.key);
    if (track && scene.isPreviewed(info.key) && (isAll || info.key === scene.selection.point)) {
      const path = pathOf(scene, track, frameIdx - reach, frameIdx + reach);
      for (const [style, width] of /** @type {const} */ ([["rgb(0 0 0 / 0.45)", 3], ["rgb(255 255 255 / 0.9)", 1.25]])) {
        context.strokeStyle = style;
        context.lineWidth = width * uiScale;
        context.stroke(path);
      }
      drawMove(context, scene, { key: info.key, track, frameIdx, uiScale });
    }
  }
}

/**
 * @param {Scene} scene
 * @param {PointTrack} track
 * @param {number} first
 * @param {number} last
 * @returns {Path2D}
 */
function pathOf(scene, track, first, last) {
  const path = new Path2D();
  let isPenDown = false;
  for (let frame = Math.max(0, first); frame <= last; frame++) {
    if (!track.has(frame)) {
      isPenDown = false;
      continue;
    }
    const at = scene.viewport.transform.toScreen({ x: track.x(frame), y: track.y(frame) });
    if (isPenDown) {
      path.lineTo(at.x, at.y);
    } else {
      path.moveTo(at.x, at.y);
    }
    isPenDown = true;
  }
  return path;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {{ key: string, track: PointTrack, frameIdx: number, uiScale: number }} move
 */
function drawMove(context, scene, { key, track, frameIdx, uiScale }) {
  const placed = scene.placed(key, frameIdx);
  if (!placed || placed.isLabel || !track.has(frameIdx)) {
    return;
  }
  const from = scene.viewport.transform.toScreen({ x: track.x(frameIdx), y: track.y(frameIdx) });
  const to = scene.viewport.transform.toScreen(placed);
  for (const [style, width] of /** @type {const} */ ([["rgb(0 0 0 / 0.6)", 3.5], ["#fff", 1.5]])) {
    context.strokeStyle = style;
    context.lineWidth = width * uiScale;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.moveTo(from.x + 2.5 * uiScale, from.y);
    context.arc(from.x, from.y, 2.5 * uiScale, 0, 2 * Math.PI);
    context.stroke();
  }
}
