/**
 * What the server has confirmed, what the user did since, and what is shown.
 *
 * An edit shows at once. It stays pending until the server says it is on the
 * disk; a break of the line leaves it pending, to be sent again.
 *
 * @import { LabelPlace, LabelState } from "../protocol/messages.js"
 *
 * @typedef {{ title: string, set: LabelState[], deleted: LabelPlace[] }} LabelEdit
 * @typedef {{ edit: LabelEdit, isSent: boolean }} PendingEdit
 */
import { LabelBook } from "./label_book.js";
import { pointKey } from "./point_key.js";

/** The labels of the open project. */
export class LabelLedger {
  #confirmed = new LabelBook();
  #shown = new LabelBook();
  /** @type {PendingEdit[]} */
  #pending = [];

  /** @returns {LabelBook} labels as the user sees them; not to be changed by callers */
  get shown() {
    return this.#shown;
  }

  /** @returns {readonly PendingEdit[]} oldest first */
  get pending() {
    return this.#pending;
  }

  /**
   * Start from the server's state; edits that are still pending stay on top.
   *
   * @param {LabelState[]} labels
   */
  load(labels) {
    this.#confirmed = new LabelBook();
    this.#shown = new LabelBook();
    for (const label of labels) {
      this.#confirmed.set(label);
      this.#shown.set(label);
    }
    for (const { edit } of this.#pending) {
      this.#refresh(edit);
    }
  }

  /** Forget everything pending: another project is opened. */
  forgetPending() {
    this.#pending = [];
  }

  /**
   * @param {LabelState[]} set
   * @param {LabelPlace[]} deleted
   */
  applyServer(set, deleted) {
    for (const label of set) {
      this.#confirmed.set(label);
    }
    for (const place of deleted) {
      this.#confirmed.delete(place);
    }
    this.#refresh({ title: "", set, deleted });
  }

  /**
   * @param {LabelEdit} edit
   * @returns {PendingEdit}
   */
  begin(edit) {
    const pending = { edit, isSent: false };
    this.#pending.push(pending);
    this.#refresh(edit);
    return pending;
  }

  /**
   * The server has answered: it is done, or refused.
   *
   * @param {PendingEdit} pending
   * @param {boolean} isDone
   */
  settle(pending, isDone) {
    const at = this.#pending.indexOf(pending);
    if (at < 0) {
      return;
    }
    this.#pending.splice(at, 1);
    if (isDone) {
      pending.edit.set.forEach((label) => this.#confirmed.set(label));
      pending.edit.deleted.forEach((place) => this.#confirmed.delete(place));
    }
    this.#refresh(pending.edit);
  }

  /** @param {LabelEdit} edit whose places may show something else now */
  #refresh(edit) {
    for (const place of [...edit.set, ...edit.deleted]) {
      const label = this.#current(place);
      if (label) {
        this.#shown.set(label);
      } else {
        this.#shown.delete(place);
      }
    }
  }

  /**
   * @param {LabelPlace} place
   * @returns {LabelState | null}
   */
  #current(place) {
    /** @param {LabelPlace} other */
    const isSame = (other) =>
      other.frame_idx === place.frame_idx &&
      other.keypoint_id === place.keypoint_id &&
      other.individual_id === place.individual_id;
    for (let i = this.#pending.length - 1; i >= 0; i--) {
      const edit = this.#pending[i]?.edit;
      const label = edit?.set.find(isSame);
      if (label) {
        return label;
      }
      if (edit?.deleted.some(isSame)) {
        return null;
      }
    }
    return this.#confirmed.get(pointKey(place), place.frame_idx);
  }
}
