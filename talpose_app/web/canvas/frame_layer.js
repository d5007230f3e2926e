/**
 * Draws the picture of the frame.
 *
 * @import { Viewport } from "./viewport.js"
 * @import { Picture } from "./frame_source.js"
 */

/** From this size on, pixels are shown as squares: the user is looking at pixels. */
const SQUARE_PIXELS_SCALE = 3;
const ONION_ALPHA = 0.4;

/**
 * @param {CanvasRenderingContext2D} context in device pixels
 * @param {Viewport} viewport
 * @param {Picture | null} picture
 * @param {Picture | null} onion another frame to see through
 */
export function drawFrame(context, viewport, picture, onion) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  if (!picture) {
    return;
  }
  const { scale, left, top } = viewport.transform;
  const ratio = viewport.pixelRatio;
  context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
  context.imageSmoothingEnabled = scale * ratio < SQUARE_PIXELS_SCALE;
  // The server has scaled the picture to the canvas already: bilinear is enough, and fast without a GPU.
  context.imageSmoothingQuality = "low";
  context.drawImage(picture.bitmap, 0, 0, viewport.imageWidth, viewport.imageHeight);
  if (onion) {
    context.globalAlpha = ONION_ALPHA;
    context.drawImage(onion.bitmap, 0, 0, viewport.imageWidth, viewport.imageHeight);
    context.globalAlpha = 1;
  }
}
