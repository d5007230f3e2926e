/**
 * Draws trails: where points were, solid and fading, and where they go, dotted.
 *
 * @import { Scene } from "./scene.js"
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
