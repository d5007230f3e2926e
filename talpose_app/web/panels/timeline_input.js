/**
 * The pointer on the timeline: scrub, choose a range, zoom, pan, choose a lane.
 *
 * @import { Playback } from "../state/playback.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 * @import { Timeline } from "./timeline.js"
 *
 * @typedef {"scrub" | "range" | "pan"} Gesture
 */

const ZOOM_PER_UNIT = 0.0018;
/** A click this near to a diamond goes to its frame. */
const SNAP_PX = 5;

/** Listens on the box of the lanes. */
export class TimelineInput {
  #timeline;
  #models;
  #box;
  /** @type {{ kind: Gesture, frame: number, x: number } | null} */
  #gesture = null;

  /**
   * @param {HTMLElement} box
   * @param {Timeline} timeline
   * @param {{ project: ProjectModel, playback: Playback, selection: Selection }} models
   */
  constructor(box, timeline, models) {
    this.#box = box;
    this.#timeline = timeline;
    this.#models = models;
    box.addEventListener("pointerdown", (event) => this.#onDown(event));
    box.addEventListener("pointermove", (event) => this.#onMove(event));
    box.addEventListener("lostpointercapture", () => {
      this.#gesture = null;
    });
    box.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    box.addEventListener("dblclick", () => {
      models.selection.range = null;
    });
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    const at = this.#locate(event);
    this.#box.focus({ preventScroll: true });
    event.preventDefault();
    if (at.x < this.#timeline.layout.gutter) {
      this.#chooseLane(at.y);
      return;
    }
    const isPan = event.button === 1;
    if (!isPan && event.button !== 0) {
      return;
    }
    this.#box.setPointerCapture(event.pointerId);
    const kind = isPan ? "pan" : event.shiftKey ? "range" : "scrub";
    this.#gesture = { kind, frame: this.#frameAt(at.x), x: at.x };
    if (kind === "scrub") {
      this.#models.playback.pause();
      this.#models.playback.goTo(this.#snapped(at) ?? this.#gesture.frame);
    }
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const gesture = this.#gesture;
    if (!gesture) {
      return;
    }
    const at = this.#locate(event);
    const frame = this.#frameAt(at.x);
    if (gesture.kind === "scrub") {
      if (Math.abs(at.x - gesture.x) > 2) {
        this.#models.playback.goTo(frame);
      }
    } else if (gesture.kind === "range") {
      this.#models.selection.range = {
        start: Math.min(frame, gesture.frame),
        stop: Math.max(frame, gesture.frame) + 1,
      };
    } else {
      this.#timeline.setAxis(this.#timeline.axis.panned(at.x - gesture.x));
      gesture.x = at.x;
    }
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    event.preventDefault();
    const { axis, layout } = this.#timeline;
    const at = this.#locate(event);
    const isOverNames = at.x < layout.gutter;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (isOverNames && this.#timeline.canScroll) {
      this.#timeline.scrollTo(this.#timeline.scrollTop + event.deltaY);
    } else if (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY)) {
      this.#timeline.setAxis(axis.panned(-sideways));
    } else if (event.altKey) {
      this.#timeline.scrollTo(this.#timeline.scrollTop + event.deltaY);
    } else {
      this.#timeline.setAxis(axis.zoomedAt(at.x - layout.gutter, Math.exp(-event.deltaY * ZOOM_PER_UNIT)));
    }
  }

  /**
   * @param {MouseEvent} event
   * @returns {{ x: number, y: number }}
   */
  #locate(event) {
    const box = this.#box.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /**
   * @param {number} x
   * @returns {number}
   */
  #frameAt(x) {
    return this.#timeline.axis.toFrame(x - this.#timeline.layout.gutter);
  }

  /**
   * @param {number} y
   * @returns {import("../state/project.js").PointInfo | null}
   */
  #laneAt(y) {
    const { layout, scrollTop } = this.#timeline;
    const lane = Math.floor((y - layout.ruler + scrollTop) / layout.lane);
    return y < layout.ruler || this.#timeline.isShowingCurves ? null : (this.#models.project.points[lane] ?? null);
  }

  /** @param {number} y */
  #chooseLane(y) {
    const info = this.#laneAt(y);
    if (info) {
      this.#models.selection.individualId = info.individual.individual_id;
      this.#models.selection.point = info.key;
    }
  }

  /**
   * The frame of a diamond under the pointer; its point is chosen too.
   *
   * @param {{ x: number, y: number }} at
   * @returns {number | null}
   */
  #snapped(at) {
    const { axis, layout } = this.#timeline;
    const info = this.#laneAt(at.y);
    const frames = info ? this.#models.project.labels.shown.frames(info.key) : [];
    const x = at.x - layout.gutter;
    const frame = frames.find((candidate) => Math.abs(axis.toX(candidate) - x) <= SNAP_PX * layout.scale);
    if (info && frame !== undefined) {
      this.#models.selection.individualId = info.individual.individual_id;
      this.#models.selection.point = info.key;
      return frame;
    }
    return null;
  }
}
