/**
 * The shapes of points. A keypoint has its own outline; what is known about it
 * in a frame shows by how the outline is filled:
 * label = solid, occluded = half and struck through, absent = a cross,
 * predicted = an open outline, doubtful = a broken outline.
 *
 * @typedef {"label" | "occluded" | "absent" | "predicted" | "doubtful"} GlyphKind
 */

const TURN = 2 * Math.PI;
const UNDERLAY = "rgb(0 0 0 / 0.55)";

/**
 * @param {number} nCorners
 * @param {number} rotation turns
 * @param {number} radius
 * @returns {Path2D}
 */
function polygon(nCorners, rotation, radius) {
  const path = new Path2D();
  for (let i = 0; i < nCorners; i++) {
    const angle = (i / nCorners + rotation) * TURN;
    path.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  path.closePath();
  return path;
}

/** @returns {Path2D} */
function circle() {
  const path = new Path2D();
  path.arc(0, 0, 1, 0, TURN);
  return path;
}

const N_SHAPES = 6;
/** Keypoints get this many colors before they repeat. */
const N_COLORS = 12;
/** @type {Path2D[] | null} */
let shapes = null;

/**
 * Each round of colors begins one outline later, so that no two of the first 72 keypoints look alike.
 *
 * @param {number} order place of the keypoint in the list
 * @returns {number} which outline it has
 */
export function shapeIndex(order) {
  return (order + Math.floor(order / N_COLORS)) % N_SHAPES;
}

/**
 * @param {number} order place of the keypoint in the list
 * @returns {Path2D} outline of about unit radius
 */
function shapeOf(order) {
  shapes ??= [
    circle(),
    polygon(4, 1 / 8, 1.22),
    polygon(3, -1 / 4, 1.38),
    polygon(4, 0, 1.3),
    polygon(6, 0, 1.12),
    polygon(3, 1 / 4, 1.38),
  ];
  return /** @type {Path2D} */ (shapes[shapeIndex(order)]);
}

/**
 * Draw one glyph around (0, 0) of the context, which is scaled so that the
 * outline has unit radius.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ kind: GlyphKind, order: number, color: string, unit: number }} glyph `unit`: one screen pixel
 */
export function drawGlyph(context, { kind, order, color, unit }) {
  const shape = shapeOf(order);
  context.lineJoin = "round";
  context.lineCap = "round";
  switch (kind) {
    case "label":
      drawSolid(context, shape, color, unit);
      break;
    case "occluded":
      drawHalf(context, shape, color, unit);
      break;
    case "absent":
      drawCross(context, color, unit);
      break;
    default:
      drawOpen(context, shape, color, unit, kind === "doubtful");
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} shape
 * @param {string} color
 * @param {number} unit
 */
function drawSolid(context, shape, color, unit) {
  outline(context, shape, UNDERLAY, 5 * unit);
  outline(context, shape, "#fff", 3 * unit);
  context.fillStyle = color;
  context.fill(shape);
  dot(context, "rgb(0 0 0 / 0.75)", 1.3 * unit);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} shape
 * @param {string} color
 * @param {number} unit
 */
function drawHalf(context, shape, color, unit) {
  outline(context, shape, UNDERLAY, 5 * unit);
  outline(context, shape, "#fff", 3 * unit);
  context.fillStyle = "rgb(0 0 0 / 0.6)";
  context.fill(shape);
  context.save();
  context.beginPath();
  context.moveTo(-2, -2);
  context.lineTo(2, -2);
  context.lineTo(-2, 2);
  context.closePath();
  context.clip();
  context.fillStyle = color;
  context.fill(shape);
  context.restore();
  const slash = new Path2D();
  slash.moveTo(-1.7, 1.7);
  slash.lineTo(1.7, -1.7);
  outline(context, slash, UNDERLAY, 4 * unit);
  outline(context, slash, "#fff", 2 * unit);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 * @param {number} unit
 */
function drawCross(context, color, unit) {
  const cross = new Path2D();
  cross.moveTo(-0.9, -0.9);
  cross.lineTo(0.9, 0.9);
  cross.moveTo(-0.9, 0.9);
  cross.lineTo(0.9, -0.9);
  outline(context, cross, UNDERLAY, 6 * unit);
  outline(context, cross, "#fff", 4 * unit);
  outline(context, cross, color, 2.2 * unit);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} shape
 * @param {string} color
 * @param {number} unit
 * @param {boolean} isBroken
 */
function drawOpen(context, shape, color, unit, isBroken) {
  outline(context, shape, UNDERLAY, 4 * unit);
  if (isBroken) {
    context.setLineDash([3.4 * unit, 3.6 * unit]);
  }
  outline(context, shape, color, 2.2 * unit);
  context.setLineDash([]);
  if (!isBroken) {
    dot(context, UNDERLAY, 2.2 * unit);
    dot(context, color, 1.3 * unit);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} style
 * @param {number} width
 */
function outline(context, path, style, width) {
  context.strokeStyle = style;
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} style
 * @param {number} radius
 */
function dot(context, style, radius) {
  context.fillStyle = style;
  context.beginPath();
  context.arc(0, 0, radius, 0, TURN);
  context.fill();
}
