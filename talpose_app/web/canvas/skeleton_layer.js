/**
 * Draws the edges of the skeleton.
 *
 * @import { Scene, ScenePoint } from "./scene.js"
 */
import { pointKey } from "../state/point_key.js";

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Scene} scene
 * @param {ScenePoint[]} points
 * @param {number} uiScale
 */
export function drawSkeleton(context, scene, points, uiScale) {
  if (!scene.preferences.get("edges") || scene.project.skeleton.edges.length === 0) {
    return;
  }
  const byKey = new Map(points.map((point) => [point.info.key, point]));
  const path = new Path2D();
  for (const individual of scene.project.individuals) {
    for (const edge of scene.project.skeleton.edges) {
      const [a, b] = edge.map((id) =>
        byKey.get(pointKey({ individual_id: individual.individual_id, keypoint_id: id })),
      );
      if (a && b && a.placed.visibility !== "absent" && b.placed.visibility !== "absent") {
        path.moveTo(a.screen.x, a.screen.y);
        path.lineTo(b.screen.x, b.screen.y);
      }
    }
  }
  context.lineCap = "round";
  context.strokeStyle = "rgb(0 0 0 / 0.45)";
  context.lineWidth = 3.5 * uiScale;
  context.stroke(path);
  context.strokeStyle = "rgb(255 255 255 / 0.75)";
  context.lineWidth = 1.5 * uiScale;
  context.stroke(path);
}
