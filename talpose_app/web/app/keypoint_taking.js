/**
 * Takes over the keypoints of another project: one of the recent ones, or one that the user chooses.
 *
 * @import { BrowseTask } from "../panels/browse_dialog.js"
 *
 * @typedef {{ isWindow: () => boolean, browse: (task: BrowseTask) => void,
 *   request: (entryId: string | null) => Promise<unknown>, onTaken: () => void }} TakingParts
 *   `request`: asks the server to take those of that entry, or without one of what the user chooses in a native dialog;
 *   answers with nothing where it failed
 */

/** The way to keypoints that are there already. */
export class KeypointTaking {
  #parts;

  /** @param {TakingParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Let the user choose a project. */
  choose() {
    if (this.#parts.isWindow()) {
      void this.take(null);
      return;
    }
    this.#parts.browse({
      title: "Take the keypoints of a project",
      kinds: ["folder", "project"],
      nothing: "No folders or projects here.",
      startId: null,
      choose: (entryId) => void this.take(entryId),
    });
  }

  /** @param {string | null} entryId */
  async take(entryId) {
    if (await this.#parts.request(entryId)) {
      this.#parts.onTaken();
    }
  }
}
