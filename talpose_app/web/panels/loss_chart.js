/**
 * The loss, step by step, as it falls.
 */
import { element } from "./element.js";
import { prepareCanvas, readThemeColors } from "./theme_colors.js";

const PAD = { left: 4, right: 8, top: 8, bottom: 6 };

/** A curve that grows. */
export class LossChart {
  #canvas = element("canvas", { class: "loss-chart", attributes: { role: "img", "aria-label": "Loss" } });
  #context;
  #request = 0;
  /** @type {{ losses: number[], nSteps: number, bestStep: number }} */
  #data = { losses: [], nSteps: 1, bestStep: 0 };

  constructor() {
    const context = this.#canvas.getContext("2d");
    if (!context) {
      throw new Error("This browser cannot draw on a canvas.");
    }
    this.#context = context;
    new ResizeObserver(() => this.redraw()).observe(this.#canvas);
  }

  /** @returns {HTMLCanvasElement} */
  get node() {
    return this.#canvas;
  }

  /**
   * @param {number[]} losses one per step so far
   * @param {number} nSteps
   * @param {number} bestStep 1-based, 0 before the first
   */
  show(losses, nSteps, bestStep) {
    this.#data = { losses, nSteps, bestStep };
    const last = losses.at(-1);
    this.#canvas.setAttribute("aria-label", last === undefined ? "Loss" : `Loss, now ${last.toPrecision(3)}`);
    this.redraw();
  }

  /** Draw again: size or colors have changed. */
  redraw() {
    if (this.#request === 0) {
      this.#request = requestAnimationFrame(() => {
        this.#request = 0;
        this.#draw();
      });
    }
  }

  #draw() {
    const context = this.#context;
    const { width, height } = prepareCanvas(this.#canvas, context);
    const { losses, nSteps, bestStep } = this.#data;
    if (width === 0 || losses.length === 0) {
      return;
    }
    const colors = readThemeColors();
    const top = Math.max(...losses);
    const low = Math.min(...losses, top * 0.98);
    const span = Math.max(nSteps, losses.length, 2) - 1;
    const points = losses.map((loss, i) => ({
      x: PAD.left + ((width - PAD.left - PAD.right) * i) / span,
      y: PAD.top + (height - PAD.top - PAD.bottom) * (1 - (loss - low) / Math.max(top - low, 1e-12)),
    }));
    this.#drawGrid(width, height, colors["line"]);
    this.#drawCurve(points, height, colors["accent"]);
    const best = points[bestStep - 1];
    if (best) {
      this.#drawDot(best, colors["panel"], colors["accent"]);
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {string} color
   */
  #drawGrid(width, height, color) {
    const context = this.#context;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    for (const part of [0, 0.5, 1]) {
      const y = Math.round(PAD.top + (height - PAD.top - PAD.bottom) * part) + 0.5;
      context.moveTo(0, y);
      context.lineTo(width, y);
    }
    context.stroke();
  }

  /**
   * @param {{ x: number, y: number }[]} points
   * @param {number} height
   * @param {string} color
   */
  #drawCurve(points, height, color) {
    const context = this.#context;
    const path = new Path2D();
    points.forEach(({ x, y }) => path.lineTo(x, y));
    const area = new Path2D(path);
    area.lineTo(points.at(-1)?.x ?? 0, height);
    area.lineTo(points[0]?.x ?? 0, height);
    area.closePath();
    context.globalAlpha = 0.14;
    context.fillStyle = color;
    context.fill(area);
    context.globalAlpha = 1;
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.stroke(path);
  }

  /**
   * @param {{ x: number, y: number }} at
   * @param {string} ring
   * @param {string} color
   */
  #drawDot({ x, y }, ring, color) {
    const context = this.#context;
    context.fillStyle = color;
    context.strokeStyle = ring;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 4.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
