/**
 * The colors of the theme for what is drawn on a canvas.
 */

/** @typedef {Record<"ink" | "ink-2" | "ink-3" | "line" | "line-strong" | "panel" | "sunken" | "raised" | "accent" | "accent-soft" | "on-accent" | "doubt" | "hover", string>} ThemeColors */

const NAMES = /** @type {const} */ ([
  "ink", "ink-2", "ink-3", "line", "line-strong", "panel", "sunken", "raised", "accent", "accent-soft", "on-accent", "doubt", "hover",
]);

/**
 * Custom properties hold unresolved text; an element that uses one has the color itself.
 *
 * @returns {ThemeColors}
 */
export function readThemeColors() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colors = /** @type {ThemeColors} */ ({});
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    colors[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colors;
}

/**
 * Size a canvas to its box and make its unit a CSS pixel.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2D} context
 * @returns {{ width: number, height: number }} CSS pixels
 */
export function prepareCanvas(canvas, context) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const pixelWidth = Math.round(width * ratio);
  const pixelHeight = Math.round(height * ratio);
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { width, height };
}
