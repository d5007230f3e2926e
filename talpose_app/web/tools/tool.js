/**
 * What a tool is: it may claim a press of the pointer, and then gets all its
 * moves until release.
 *
 * @import { Point } from "../geometry/point.js"
 * @import { Stage } from "../canvas/stage.js"
 * @import { Labeling } from "../state/labeling.js"
 * @import { Playback } from "../state/playback.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 *
 * @typedef {{ stage: Stage, project: ProjectModel, selection: Selection, playback: Playback, labeling: Labeling,
 *   onBlocked: () => void }} ToolParts `onBlocked`: a label was wanted on a picture that is not the exact one
 *
 * @typedef {object} Tool
 * @property {(at: Point, event: PointerEvent) => boolean} press whether the tool takes this press
 * @property {(at: Point, event: PointerEvent) => void} move only after its own press
 * @property {(at: Point, event: PointerEvent) => void} release
 * @property {() => void} cancel
 */

/** A pointer that moved less than this has clicked, CSS pixels. */
export const CLICK_SLOP_PX = 3;
/** A second press this soon after the first may be the other half of a double click. */
export const DOUBLE_CLICK_MS = 500;

/** The buttons of a pointer event. */
export const BUTTON = { left: 0, middle: 1, right: 2 };
