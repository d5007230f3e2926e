/**
 * What the user does to labels: shown at once, sent, settled.
 *
 * @import { CommandName, LabelState } from "../protocol/messages.js"
 * @import { Point } from "../geometry/point.js"
 * @import { LabelEdit, PendingEdit } from "./label_ledger.js"
 * @import { PointKey } from "./point_key.js"
 * @import { ProjectModel } from "./project.js"
 *
 * @typedef {{ readonly message: string, readonly hint: string, readonly isDisconnected: boolean }} LinkError
 * @typedef {{ request: (type: CommandName, fields: any) => Promise<any> }} Link
 * @typedef {(error: LinkError) => void} OnFailure
 */
import { isInside, translate } from "../geometry/point.js";
import { counted } from "./format.js";
import { pointKey, pointRef } from "./point_key.js";
import { makeLabel } from "./project.js";

/** Nudges closer together than this are one step of undo. */
const NUDGE_PAUSE_MS = 400;

/** The edits of labels. */
export class Labeling {
  #project;
  #link;
  #onFailure;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #nudgeTimer = null;

  /**
   * @param {{ project: ProjectModel, link: Link, onFailure: OnFailure }} parts
   */
  constructor({ project, link, onFailure }) {
    this.#project = project;
    this.#link = link;
    this.#onFailure = onFailure;
  }

  /**
   * Put a label where the user pointed.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   * @param {Point} at image pixels, kept at full precision
   */
  place(key, frameIdx, at) {
    this.finishNudge();
    const before = this.#project.labelAt(key, frameIdx);
    const visibility = before?.visibility === "occluded" ? "occluded" : "visible";
    this.#set(makeLabel(pointRef(key), frameIdx, at, visibility), `Place ${this.#name(key)}`);
  }

  /**
   * Show a label that follows the pointer, without making it an edit.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   * @param {Point} at
   */
  showDraft(key, frameIdx, at) {
    const before = this.#project.labels.shown.get(key, frameIdx);
    const visibility = before?.visibility === "occluded" ? "occluded" : "visible";
    this.#project.draft = makeLabel(pointRef(key), frameIdx, at, visibility);
  }

  /** The draft becomes an edit. */
  keepDraft() {
    const draft = this.#project.draft;
    this.#project.draft = null;
    if (draft) {
      this.#set(draft, `Move ${this.#name(`${draft.individual_id}:${draft.keypoint_id}`)}`);
    }
  }

  /** The draft is forgotten. */
  dropDraft() {
    this.#project.draft = null;
  }

  /**
   * Move by a little; many nudges make one edit.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   * @param {number} dx image pixels
   * @param {number} dy image pixels
   * @returns {boolean} false when there is nothing to move
   */
  nudge(key, frameIdx, dx, dy) {
    if (!this.#isNudging(key, frameIdx)) {
      this.finishNudge();
    }
    const placed = this.#project.placedPoint(key, frameIdx);
    if (!placed || this.#project.isReadOnly) {
      return false;
    }
    this.showDraft(key, frameIdx, translate(placed, dx, dy));
    this.#project.emit("labels", null);
    clearTimeout(this.#nudgeTimer ?? undefined);
    this.#nudgeTimer = setTimeout(() => this.finishNudge(), NUDGE_PAUSE_MS);
    return true;
  }

  /** Send nudges that have not been sent yet. */
  finishNudge() {
    if (this.#nudgeTimer !== null) {
      clearTimeout(this.#nudgeTimer);
      this.#nudgeTimer = null;
      this.keepDraft();
    }
  }

  /**
   * Make the prediction a label.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   */
  accept(key, frameIdx) {
    const placed = this.#project.placedPoint(key, frameIdx);
    if (placed && !placed.isLabel) {
      this.#set(makeLabel(pointRef(key), frameIdx, placed, placed.visibility), `Confirm ${this.#name(key)}`);
    }
  }

  /**
   * Make the predictions of a frame labels, as one step.
   *
   * @param {readonly PointKey[]} keys
   * @param {number} frameIdx
   * @returns {number} how many there were
   */
  acceptAll(keys, frameIdx) {
    this.finishNudge();
    const { video } = this.#project;
    /** @type {LabelState[]} */
    const set = [];
    for (const key of keys) {
      const placed = this.#project.placedPoint(key, frameIdx);
      if (placed && !placed.isLabel && isInside(placed, video?.width ?? 0, video?.height ?? 0)) {
        set.push(makeLabel(pointRef(key), frameIdx, placed, placed.visibility));
      }
    }
    if (set.length > 0) {
      this.#begin({ title: `Confirm ${counted(set.length, "point")}`, set, deleted: [] });
    }
    return set.length;
  }

  /**
   * Visible becomes occluded and back; a prediction becomes an occluded label.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   */
  toggleOccluded(key, frameIdx) {
    this.finishNudge();
    const placed = this.#project.placedPoint(key, frameIdx);
    if (placed) {
      const isOccluded = placed.isLabel && placed.visibility === "occluded";
      const visibility = isOccluded ? "visible" : "occluded";
      this.#set(makeLabel(pointRef(key), frameIdx, placed, visibility), `Mark ${this.#name(key)} ${visibility}`);
    }
  }

  /**
   * Absent and back.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   */
  toggleAbsent(key, frameIdx) {
    this.finishNudge();
    if (this.#project.labelAt(key, frameIdx)?.visibility === "absent") {
      this.remove(key, frameIdx);
    } else {
      this.#set(makeLabel(pointRef(key), frameIdx, null, "absent"), `Mark ${this.#name(key)} absent`);
    }
  }

  /**
   * @param {PointKey} key
   * @param {number} frameIdx
   * @returns {boolean} whether there was a label
   */
  remove(key, frameIdx) {
    this.finishNudge();
    if (!this.#project.labelAt(key, frameIdx)) {
      return false;
    }
    this.#begin({ title: "", set: [], deleted: [{ ...pointRef(key), frame_idx: frameIdx }] });
    return true;
  }

  /**
   * A new keypoint and its first label: one step, so that undo leaves no keypoint without a place.
   *
   * @param {number} individualId
   * @param {number} frameIdx
   * @param {Point} at
   * @returns {Promise<PointKey | null>} the new point, null when it was refused
   */
  async addKeypoint(individualId, frameIdx, at) {
    this.finishNudge();
    try {
      const label = { individual_id: individualId, frame_idx: frameIdx, x: at.x, y: at.y };
      const reply = await this.#link.request("add_keypoint", { label });
      return pointKey({ individual_id: individualId, keypoint_id: reply.keypoint_id });
    } catch (error) {
      this.#onFailure(/** @type {LinkError} */ (error));
      return null;
    }
  }

  /** Send what a broken line left behind. */
  resend() {
    for (const pending of [...this.#project.labels.pending]) {
      if (!pending.isSent) {
        this.#send(pending);
      }
    }
  }

  /**
   * There is one draft at a time: the nudges of another place must be sent before it is taken for this one.
   *
   * @param {PointKey} key
   * @param {number} frameIdx
   * @returns {boolean}
   */
  #isNudging(key, frameIdx) {
    const draft = this.#project.draft;
    return this.#nudgeTimer !== null && draft !== null && pointKey(draft) === key && draft.frame_idx === frameIdx;
  }

  /**
   * @param {PointKey} key
   * @returns {string}
   */
  #name(key) {
    return this.#project.point(key)?.keypoint.name ?? "label";
  }

  /**
   * @param {LabelState} label
   * @param {string} title
   */
  #set(label, title) {
    this.#begin({ title, set: [label], deleted: [] });
  }

  /** @param {LabelEdit} edit */
  #begin(edit) {
    if (!this.#project.isReadOnly) {
      this.#send(this.#project.beginLabelEdit(edit));
    }
  }

  /** @param {PendingEdit} pending */
  #send(pending) {
    const { edit } = pending;
    pending.isSent = true;
    const answer = edit.set.length
      ? this.#link.request("set_labels", { labels: edit.set, title: edit.title })
      : this.#link.request("delete_labels", { places: edit.deleted });
    answer.then(
      () => this.#project.settleLabelEdit(pending, true),
      (/** @type {LinkError} */ error) => this.#onRefused(pending, error),
    );
  }

  /**
   * @param {PendingEdit} pending
   * @param {LinkError} error
   */
  #onRefused(pending, error) {
    pending.isSent = false;
    if (!error.isDisconnected) {
      this.#project.settleLabelEdit(pending, false);
    }
    this.#onFailure(error);
  }
}

