/**
 * Takes over the keypoints of another project: one of the recent ones, or one that the user chooses.
 *
 * @import { BrowseTask } from "../panels/browse_dialog.js"
 *
 * @typedef {{ isWindow: () => boolean, browse: (task: BrowseTask) => void,
 *   request: (entryId: string | null) => Promise<{ revision: number | null } | null>, onTaken: () => void }} TakingParts
 *   `request`: asks the server to take those of that entry, or without one of what the user chooses in a native dialog;
 *   answers with null where it failed, and without a revision where nothing was taken
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
    const reply = await this.#parts.request(entryId);
    if (reply !== null && reply.revision !== null) {
      this.#parts.onTaken();
    }
  }
}
