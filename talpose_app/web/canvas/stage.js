/**
 * The canvas in the middle: two layers, the pictures, and what makes them redraw.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { FilterModel } from "../state/filters.js"
 * @import { Link } from "../state/labeling.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PointKey } from "../state/point_key.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 * @import { Picture } from "./frame_source.js"
 * @import { Layer } from "./renderer.js"
 *
 * @typedef {{ at: Point, order: number, color: string, name: string }} Ghost
 * @typedef {{ project: ProjectModel, selection: Selection, playback: Playback, run: RunModel,
 *   preferences: PreferencesModel, filters: FilterModel }} Models
 */
import { nearestWithin } from "../geometry/hit_test.js";
import { drawFrame } from "./frame_layer.js";
import { FrameSource } from "./frame_source.js";
import { drawGhost, drawLoupe } from "./overlay_layer.js";
import { drawPoints } from "./point_layer.js";
import { Renderer } from "./renderer.js";
import { Scene } from "./scene.js";
import { drawSkeleton } from "./skeleton_layer.js";
import { drawPathsBefore, drawTrails } from "./track_layer.js";
import { Viewport } from "./viewport.js";

const HIT_REACH_PX = 14;
/** While keypoints are added, close neighbors must not swallow the click. */
export const HIT_REACH_ADDING_PX = 6;
/** While playing, this many frames are kept coming. */
const N_AHEAD = 6;

/** Owns the canvases of the page. */
export class Stage {
  viewport = new Viewport();
  /** The point that a click would place. @type {Ghost | null} */
  ghost = null;
  #models;
  #frameContext;
  #overlayContext;
  #uiScale = 1;
  /** @type {PointKey | null} */
  #dragged = null;
  /** @type {Picture | null} */
  #picture = null;

  /**
   * @param {HTMLElement} element holds the canvases
   * @param {Models} models
   * @param {Link} link
   */
  constructor(element, models, link) {
    this.element = element;
    this.#models = models;
    this.source = new FrameSource(link);
    this.scene = new Scene({ ...models, viewport: this.viewport });
    this.#frameContext = addCanvas(element, "stage-frame");
    this.#overlayContext = addCanvas(element, "stage-overlay");
    this.#renderer = new Renderer((dirty, time) => this.#draw(dirty, time));
    this.#observe();
    new ResizeObserver(() => this.#resize()).observe(element);
  }

  /** @type {Renderer} */
  #renderer;

  /** Show the video of the project that has just been opened. */
  openVideo() {
    const { video } = this.#models.project;
    this.source.reset(video);
    this.#picture = null;
    if (video) {
      this.viewport.setImage(video.width, video.height);
    }
    this.#wantFrames();
    this.invalidate();
  }

  /** @returns {PointKey | null} the point being dragged, shown in the loupe */
  get dragged() {
    return this.#dragged;
  }

  set dragged(key) {
    this.#dragged = key;
    this.#sizePictures();
    this.invalidateOverlay();
  }

  /** Draw all again. */
  invalidate() {
    this.#renderer.invalidate("frame", "overlay");
  }

  /** Draw the points again. */
  invalidateOverlay() {
    this.#renderer.invalidate("overlay");
  }

  /**
   * @param {Point} pointer CSS pixels on the canvas
   * @returns {PointKey | null}
   */
  hit(pointer) {
    if (this.scene.isOverlayHidden) {
      return null;
    }
    const points = this.scene.pointsIn(this.#models.playback.shown);
    const candidates = points.map(({ info, screen }) => ({ key: info.key, at: screen }));
    const { isAdding, point } = this.#models.selection;
    const reach = (isAdding ? HIT_REACH_ADDING_PX : HIT_REACH_PX) * this.#uiScale;
    return nearestWithin(pointer, candidates, reach, point);
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point} CSS pixels on the canvas
   */
  locate(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #observe() {
    const { project, selection, playback, run, preferences } = this.#models;
    const overlay = () => this.invalidateOverlay();
    for (const name of /** @type {const} */ (["labels", "points", "tracks", "tried"])) {
      project.on(name, overlay);
    }
    for (const name of /** @type {const} */ (["point", "hover", "mode"])) {
      selection.on(name, overlay);
    }
    run.on("compare", overlay);
    playback.on("frame", () => {
      this.#wantFrames();
      this.invalidate();
    });
    playback.on("state", () => {
      this.#renderer.setRunning(playback.isPlaying);
      this.#wantFrames();
    });
    preferences.on("change", () => {
      this.#wantFrames();
      this.invalidate();
    });
    // Most pictures come ahead of time: look whether it is the wanted one, and draw only then.
    this.source.on("picture", () => this.#renderer.invalidate());
    this.viewport.on("change", () => {
      this.#sizePictures();
      this.invalidate();
    });
  }

  #resize() {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    this.#uiScale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    for (const { canvas } of [this.#frameContext, this.#overlayContext]) {
      canvas.width = Math.round(clientWidth * ratio);
      canvas.height = Math.round(clientHeight * ratio);
    }
    this.viewport.resize(clientWidth, clientHeight, ratio);
  }

  /**
   * Two sizes only, so that zooming does not ask for a picture at every turn of the wheel. The loupe shows the
   * pixels of the video, not those of the screen.
   */
  #sizePictures() {
    const { viewport } = this;
    const isClose = viewport.transform.scale > viewport.fitScale * 1.25;
    const scale = isClose || this.#dragged !== null ? 1 : Math.min(1, viewport.fitScale * viewport.pixelRatio);
    this.source.setSize(viewport.imageWidth * scale, viewport.imageHeight * scale);
  }

  #wantFrames() {
    const { playback, preferences } = this.#models;
    const { frame, direction, isPlaying } = playback;
    const wanted = [frame];
    const nAhead = isPlaying ? N_AHEAD : 0;
    for (let i = 1; i <= nAhead; i++) {
      wanted.push(frame + i);
    }
    if (preferences.get("onionSkin")) {
      wanted.push(frame - 1);
    }
    const inside = wanted.filter((idx) => idx >= 0 && idx < playback.nFrames);
    this.source.want(inside, { direction, isPlaying });
  }

  /**
   * @param {ReadonlySet<Layer>} dirty
   * @param {number} timeMs
   */
  #draw(dirty, timeMs) {
    const { playback, selection, project } = this.#models;
    if (!project.isOpen) {
      return;
    }
    playback.tick(timeMs / 1000, (frame) => this.source.has(frame), selection.range);
    const picture = this.source.best(playback.frame) ?? (isUsable(this.#picture) ? this.#picture : null);
    const isNew = picture !== this.#picture;
    this.#picture = picture;
    if (dirty.has("frame") || isNew) {
      this.#drawPicture();
    }
    if (dirty.size > 0 || isNew) {
      this.#drawOverlay();
    }
  }

  #drawPicture() {
    const { playback, preferences } = this.#models;
    if (this.#picture) {
      playback.markShown(this.#picture.frameIdx, this.#picture.isExact);
    }
    const onion = preferences.get("onionSkin") ? this.source.best(playback.shown - 1) : null;
    this.#frameContext.canvas.style.filter = this.#filter;
    drawFrame(this.#frameContext, this.viewport, this.#picture, onion);
  }

  #drawOverlay() {
    const context = this.#overlayContext;
    const { playback } = this.#models;
    const ratio = this.viewport.pixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.viewport.width, this.viewport.height);
    if (!this.#picture || this.scene.isOverlayHidden) {
      return;
    }
    const points = this.scene.pointsIn(playback.shown);
    drawPathsBefore(context, this.scene, playback.shown, this.#uiScale);
    drawTrails(context, this.scene, playback.shown, this.#uiScale);
    drawSkeleton(context, this.scene, points, this.#uiScale);
    drawPoints(context, this.scene, points, { uiScale: this.#uiScale, isDragging: this.dragged !== null });
    if (this.ghost) {
      drawGhost(context, { ...this.ghost, uiScale: this.#uiScale });
    }
    this.#drawLoupe(this.#picture);
  }

  /** @param {Picture} picture */
  #drawLoupe(picture) {
    const info = this.#models.project.point(this.dragged);
    const placed = info && this.scene.placed(info.key, this.#models.playback.shown);
    if (info && placed) {
      const look = { at: placed, color: info.keypoint.color, uiScale: this.#uiScale, filter: this.#filter };
      drawLoupe(this.#overlayContext, this.viewport, picture, look);
    }
  }

  /** @returns {string} CSS filter of the picture */
  get #filter() {
    const { preferences } = this.#models;
    const brightness = preferences.get("brightness");
    const contrast = preferences.get("contrast");
    const parts = [
      preferences.get("invert") ? "invert(1)" : "",
      brightness === 1 ? "" : `brightness(${brightness})`,
      contrast === 1 ? "" : `contrast(${contrast})`,
    ];
    return parts.filter(Boolean).join(" ") || "none";
  }
}

/**
 * @param {Picture | null} picture
 * @returns {boolean} false once the cache has given the picture up
 */
function isUsable(picture) {
  return picture !== null && picture.bitmap.width > 0;
}

/**
 * @param {HTMLElement} parent
 * @param {string} className
 * @returns {CanvasRenderingContext2D}
 */
function addCanvas(parent, className) {
  const canvas = document.createElement("canvas");
  canvas.className = className;
  canvas.setAttribute("aria-hidden", "true");
  parent.append(canvas);
  const context = canvas.getContext("2d");
  if (!context) {
    throw new Error("This browser cannot draw on a canvas.");
  }
  return context;
}
