/**
 * The bottom row: where the pointer is, the selected point, the picture, the zoom.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { Viewport } from "../canvas/viewport.js"
 * @import { Playback } from "../state/playback.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 */
import { isInside } from "../geometry/point.js";
import { counted } from "../state/format.js";
import { element, setText } from "./element.js";

/** The status bar. */
export class StatusBar {
  #models;
  #viewport;
  #pointer = element("span", { class: "status-pointer", title: "Pointer, image pixels: (0, 0) is the center of the top-left pixel" });
  #point = element("span", { class: "status-point", attributes: { id: "status-point", "aria-live": "polite" } });
  #labels = element("span");
  #frame = element("span", { title: "Frames are counted from 0" });
  #zoom = element("span", { class: "status-zoom", title: "Screen pixels per image pixel" });

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, playback: Playback, selection: Selection }} models
   * @param {Viewport} viewport
   */
  constructor(root, models, viewport) {
    this.#models = models;
    this.#viewport = viewport;
    root.append(this.#pointer, this.#point, element("span", { class: "spring" }), this.#labels, this.#frame, this.#zoom);
    const update = () => this.#update();
    for (const name of /** @type {const} */ (["opened", "labels", "tracks", "tried", "points"])) {
      models.project.on(name, update);
    }
    models.selection.on("point", update);
    models.playback.on("shown", update);
    models.playback.on("state", update);
    viewport.on("change", () => this.#updateZoom());
    this.showPointer(null);
  }

  /** @param {Point | null} at image pixels */
  showPointer(at) {
    const video = this.#models.project.video;
    const isOver = at !== null && video !== null && isInside(at, video.width, video.height);
    setText(this.#pointer, isOver ? `x ${at.x.toFixed(1)}  y ${at.y.toFixed(1)}` : "x –  y –");
  }

  #update() {
    const { project, playback, selection } = this.#models;
    const info = project.point(selection.point);
    const placed = info && project.placedPoint(info.key, playback.shown);
    const where = placed ? `at ${placed.x.toFixed(3)}, ${placed.y.toFixed(3)}` : "not in this frame";
    // Read aloud by screen readers: not at every frame while it plays.
    if (!playback.isPlaying) {
      setText(this.#point, info ? `${info.keypoint.name} ${where}` : "");
    }
    const nLabels = project.labels.shown.size;
    setText(this.#labels, `${counted(nLabels, "label")} on ${counted(project.labels.shown.keyframes().length, "frame")}`);
    setText(this.#frame, `Frame ${Math.max(0, playback.shown)}`);
  }

  #updateZoom() {
    setText(this.#zoom, `${Math.round(this.#viewport.transform.scale * 100)} %`);
  }
}
