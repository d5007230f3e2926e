/**
 * The timeline below the picture: lanes, or the curves of one point, drawn on a canvas and scrubbed by the pointer.
 *
 * @import { FilterModel } from "../state/filters.js"
 * @import { Playback } from "../state/playback.js"
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 * @import { SuggestionModel } from "../state/suggestions.js"
 * @import { Layout } from "./timeline_ruler.js"
 */
import { clamp } from "../geometry/point.js";
import { TimeAxis } from "../geometry/time_axis.js";
import { CurvePainter } from "./curve_painter.js";
import { element } from "./element.js";
import { TimelineInput } from "./timeline_input.js";
import { TimelinePainter } from "./timeline_painter.js";
import { drawPlayHead } from "./timeline_ruler.js";
import { prepareCanvas, readThemeColors } from "./theme_colors.js";

const RULER_REM = 1.375;
const LANE_REM = 1.125;
const GUTTER_REM = 15;
/** The lanes cannot be made lower than this, or higher than this part of the window. */
const MIN_HEIGHT_REM = 4.5;
const MAX_HEIGHT_PART = 0.6;

/** Owns two canvases: what changes seldom, and the play head over it. */
export class Timeline {
  axis = TimeAxis.whole(1, 1);
  scrollTop = 0;
  #models;
  #box = element("div", {
    class: "timeline-lanes",
    attributes: { tabindex: "0", role: "slider", "aria-label": "Frame", "aria-valuemin": "0" },
  });
  #base;
  #head;
  #painter;
  #curves;
  #colors = readThemeColors();
  #request = 0;
  #isBaseDirty = true;
  /** @type {Layout} */
  layout = { gutter: 0, ruler: 0, lane: 1, width: 1, height: 1, scale: 1 };

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, playback: Playback, selection: Selection, preferences: PreferencesModel,
   *   filters: FilterModel, suggestions: SuggestionModel }} models
   */
  constructor(root, models) {
    this.#models = models;
    this.#painter = new TimelinePainter(models.project);
    this.#curves = new CurvePainter(models.project);
    this.#base = addCanvas(this.#box);
    this.#head = addCanvas(this.#box);
    const grip = element("div", {
      class: "timeline-grip",
      title: "Drag to make the timeline higher or lower",
      attributes: { role: "separator", "aria-orientation": "horizontal" },
    });
    root.prepend(grip);
    root.append(this.#box);
    this.#resizeBy(grip);
    this.input = new TimelineInput(this.#box, this, models);
    this.#observe();
    this.#applyHeight();
    new ResizeObserver(() => this.#onResize()).observe(this.#box);
  }

  #observe() {
    const { project, playback, selection, preferences, filters } = this.#models;
    project.on("opened", ({ isSame }) => {
      this.#curves.forget();
      if (!isSame) {
        this.#painter.reset();
        this.axis = TimeAxis.whole(project.nFrames, this.axis.width);
        this.scrollTop = 0;
      }
      this.#onResize();
    });
    project.on("labels", () => this.#curves.forget());
    for (const name of /** @type {const} */ (["labels", "points", "tracks", "tried"])) {
      project.on(name, () => this.invalidate());
    }
    filters.on("open", () => this.invalidate());
    this.#models.suggestions.on("change", () => this.invalidate());
    selection.on("point", () => {
      this.#revealLane();
      this.invalidate();
    });
    selection.on("range", () => this.invalidate());
    playback.on("frame", () => this.#onFrame());
    playback.on("shown", () => this.#schedule());
    preferences.on("change", () => {
      this.#applyHeight();
      this.invalidate();
    });
  }

  /** Another theme: read the colors again. */
  onTheme() {
    this.#colors = readThemeColors();
    this.invalidate();
  }

  /** Draw the lanes again. */
  invalidate() {
    this.#isBaseDirty = true;
    this.#schedule();
  }

  /** @param {TimeAxis} axis */
  setAxis(axis) {
    this.axis = axis;
    this.invalidate();
  }

  /** @param {number} top CSS pixels */
  scrollTo(top) {
    const content = this.#models.project.points.length * this.layout.lane;
    this.scrollTop = clamp(top, 0, Math.max(0, content - (this.layout.height - this.layout.ruler)));
    this.invalidate();
  }

  /** @returns {boolean} whether the selected point's curves are shown instead of the lanes */
  get isShowingCurves() {
    return this.#models.preferences.get("curves") || this.#models.filters.isOpen;
  }

  /** @returns {boolean} whether there are more lanes than fit */
  get canScroll() {
    return !this.isShowingCurves && this.#models.project.points.length * this.layout.lane > this.layout.height - this.layout.ruler;
  }

  #onFrame() {
    const { frame, isPlaying, nFrames, shown } = this.#models.playback;
    const axis = this.axis.revealing(frame);
    if (axis !== this.axis) {
      this.setAxis(axis);
    }
    this.#box.setAttribute("aria-valuemax", String(Math.max(0, nFrames - 1)));
    if (!isPlaying || shown === frame) {
      this.#box.setAttribute("aria-valuenow", String(frame));
    }
    this.#schedule();
  }

  #onResize() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width === 0) {
      return;
    }
    const gutter = GUTTER_REM * rem;
    this.layout = { gutter, ruler: RULER_REM * rem, lane: LANE_REM * rem, width, height, scale: rem / 16 };
    const axis = new TimeAxis(this.#models.project.nFrames, width - gutter - 8, this.axis.pixelsPerFrame, this.axis.first);
    this.axis = this.axis.isWhole ? TimeAxis.whole(axis.nFrames, axis.width) : axis;
    this.scrollTo(this.scrollTop);
  }

  #revealLane() {
    const { project, selection } = this.#models;
    const at = project.points.findIndex((info) => info.key === selection.point);
    const { lane, height, ruler } = this.layout;
    if (at < 0) {
      return;
    }
    const top = at * lane;
    const room = height - ruler;
    if (top < this.scrollTop) {
      this.scrollTo(top);
    } else if (top + lane > this.scrollTop + room) {
      this.scrollTo(top + lane - room);
    }
  }

  #schedule() {
    if (this.#request === 0) {
      this.#request = requestAnimationFrame(() => {
        this.#request = 0;
        this.#draw();
      });
    }
  }

  #draw() {
    const { project, playback } = this.#models;
    if (!project.isOpen || this.layout.width <= 1) {
      return;
    }
    const { axis, layout } = this;
    if (this.#isBaseDirty) {
      this.#isBaseDirty = false;
      prepareCanvas(this.#base.canvas, this.#base);
      if (this.isShowingCurves) {
        this.#drawCurves();
      } else {
        this.#drawLanes();
      }
    }
    prepareCanvas(this.#head.canvas, this.#head);
    drawPlayHead(this.#head, { axis, layout, frame: playback.frame, shown: playback.shown, colors: this.#colors });
  }

  #drawLanes() {
    const { project, selection, preferences, suggestions } = this.#models;
    this.#painter.draw(this.#base, {
      axis: this.axis,
      layout: this.layout,
      scrollTop: this.scrollTop,
      lanes: [...project.points],
      selected: selection.point,
      range: selection.range,
      colors: this.#colors,
      isHidden: (key) => preferences.isHidden(key),
      suggested: (key) => suggestions.framesOf(key),
    });
  }

  #drawCurves() {
    const { project, selection, filters } = this.#models;
    const info = project.point(selection.point);
    const own = (info && project.tracks.get(info.key)) ?? null;
    const isPreviewed = info !== null && filters.preview?.tracks.has(info.key);
    this.#curves.draw(this.#base, {
      axis: this.axis,
      layout: this.layout,
      range: selection.range,
      colors: this.#colors,
      info,
      track: (info && project.shownTracks.get(info.key)) ?? null,
      before: isPreviewed ? own : null,
    });
  }

  #applyHeight() {
    this.#box.style.height = `min(${this.#models.preferences.get("timelineRem")}rem, ${100 * MAX_HEIGHT_PART}vh)`;
  }

  /** @param {HTMLElement} grip */
  #resizeBy(grip) {
    const { preferences } = this.#models;
    grip.addEventListener("pointerdown", (down) => {
      grip.setPointerCapture(down.pointerId);
      const start = this.#box.clientHeight;
      /** @param {PointerEvent} move */
      const onMove = (move) => {
        const rem = (start + down.clientY - move.clientY) / (16 * this.layout.scale);
        preferences.set("timelineRem", Math.round(Math.max(MIN_HEIGHT_REM, rem) * 16) / 16);
      };
      grip.addEventListener("pointermove", onMove);
      grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", onMove), { once: true });
    });
  }
}

/**
 * @param {HTMLElement} parent
 * @returns {CanvasRenderingContext2D}
 */
function addCanvas(parent) {
  const canvas = element("canvas", { attributes: { "aria-hidden": "true" } });
  parent.append(canvas);
  const context = canvas.getContext("2d");
  if (!context) {
    throw new Error("This browser cannot draw on a canvas.");
  }
  return context;
}
