/**
 * Finds the video of a project that cannot be opened without it: in a native dialog, or in the listing of folders.
 *
 * @import { RequestError } from "../net/connection.js"
 * @import { BrowseTask } from "../panels/browse_dialog.js"
 * @import { FindVideoDialog } from "../panels/find_video_dialog.js"
 * @import { WantedVideoState } from "../protocol/messages.js"
 *
 * @typedef {{ dialog: Pick<FindVideoDialog, "show" | "hide" | "setError" | "setBusy">, isWindow: () => boolean,
 *   browse: (task: BrowseTask) => void, request: (projectId: string, entryId: string | null) => Promise<unknown>,
 *   giveUp: (projectId: string) => void }} SearchParts
 *   `request`: asks the server to take that entry, or without one what the user chooses in a native dialog
 */

/** What is wanted, and the way to it. */
export class VideoSearch {
  #parts;
  /** @type {WantedVideoState | null} */
  #wanted = null;
  /** @type {string | null} the project's folder, until it was looked into */
  #startId = null;
  #isChecking = false;

  /** @param {SearchParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {boolean} whether a project waits for its video */
  get isOn() {
    return this.#wanted !== null;
  }

  /** @param {WantedVideoState | null} wanted as the server tells it */
  set(wanted) {
    this.#wanted = wanted;
    this.#startId = wanted?.folder_id ?? null;
    if (wanted) {
      this.#parts.dialog.show(wanted);
    } else {
      this.#parts.dialog.hide();
    }
  }

  /** Let the user choose. */
  find() {
    if (!this.#wanted) {
      return;
    }
    if (this.#parts.isWindow()) {
      void this.choose(null);
      return;
    }
    const wanted = this.#wanted;
    this.#parts.browse({
      title: `Find ${wanted.name}`,
      kinds: ["folder", "video"],
      nothing: "No folders or videos here.",
      startId: this.#startId,
      choose: (entryId) => void this.choose(entryId, wanted),
    });
    this.#startId = null;
  }

  /** Leave the project unopened. */
  giveUp() {
    if (this.#wanted) {
      this.#parts.giveUp(this.#wanted.project_id);
    }
  }

  /**
   * @param {string | null} entryId the file, null for one from a native dialog
   * @param {WantedVideoState | null} wanted whose video it is: another one may be wanted by now
   */
  async choose(entryId, wanted = this.#wanted) {
    if (this.#isChecking || !wanted) {
      return;
    }
    const { dialog, request } = this.#parts;
    this.#isChecking = true;
    dialog.setError("");
    dialog.setBusy(entryId === null ? "Choose the file; it is checked then." : "Checking the file…");
    try {
      await request(wanted.project_id, entryId);
    } catch (error) {
      const { isDisconnected, message, hint } = /** @type {RequestError} */ (error);
      dialog.setError(isDisconnected ? "" : `${message} ${hint}`.trim());
    }
    dialog.setBusy("");
    this.#isChecking = false;
  }

  /**
   * Tell of a failure where the user looks: messages at the edge lie behind the dialog.
   *
   * @param {"info" | "warning" | "error"} level
   * @param {string} text
   * @returns {boolean} whether it was told
   */
  tell(level, text) {
    const isTold = this.isOn && level === "error";
    if (isTold) {
      this.#parts.dialog.setError(text);
    }
    return isTold;
  }
}
