/**
 * What the layers draw from: the models, seen through what the user wants shown.
 *
 * @import { FilterModel } from "../state/filters.js"
 * @import { Point } from "../geometry/point.js"
 * @import { PointKey } from "../state/point_key.js"
 * @import { Tracks } from "../state/bent_tracks.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { PlacedPoint, PointInfo, ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 * @import { Viewport } from "./viewport.js"
 *
 * @typedef {{ info: PointInfo, placed: PlacedPoint, screen: Point }} ScenePoint
 */

/** The points of one frame, as they appear. */
export class Scene {
  /** Held by a key: only the picture. */
  isOverlayHidden = false;

  /**
   * @param {{ project: ProjectModel, selection: Selection, preferences: PreferencesModel, run: RunModel,
   *   filters: FilterModel, viewport: Viewport }} parts
   */
  constructor({ project, selection, preferences, run, filters, viewport }) {
    this.project = project;
    this.selection = selection;
    this.preferences = preferences;
    this.run = run;
    this.filters = filters;
    this.viewport = viewport;
  }

  /** @returns {Tracks} the tracks to show */
  get tracks() {
    const { before, isComparing } = this.run;
    return isComparing && before ? this.project.throughLabels(before) : this.project.shownTracks;
  }

  /**
   * @param {PointKey} key
   * @returns {boolean} whether a filter is being tried that would change the point's track
   */
  isPreviewed(key) {
    return this.filters.preview?.tracks.has(key) ?? false;
  }

  /**
   * @param {PointKey} key
   * @param {number} frameIdx
   * @returns {PlacedPoint | null}
   */
  placed(key, frameIdx) {
    const placed = this.project.placedPoint(key, frameIdx, this.tracks);
    return placed && !placed.isLabel && !this.preferences.get("predictions") ? null : placed;
  }

  /** @returns {PointInfo[]} points that are not hidden, the selected one last, so on top */
  get visiblePoints() {
    const selected = this.selection.point;
    const points = this.project.points.filter((info) => !this.preferences.isHidden(info.key));
    const at = points.findIndex((info) => info.key === selected);
    if (at >= 0) {
      points.push(...points.splice(at, 1));
    }
    return points;
  }

  /**
   * @param {number} frameIdx
   * @returns {ScenePoint[]} what can be seen and taken hold of in the frame
   */
  pointsIn(frameIdx) {
    /** @type {ScenePoint[]} */
    const points = [];
    for (const info of this.visiblePoints) {
      const placed = this.placed(info.key, frameIdx);
      if (placed) {
        points.push({ info, placed, screen: this.viewport.transform.toScreen(placed) });
      }
    }
    return points;
  }
}
