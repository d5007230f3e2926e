/**
 * Commands of the panels that change the skeleton or make files.
 *
 * @import { CommandSender } from "./commands.js"
 * @import { RequestError } from "../net/connection.js"
 * @import { Toasts } from "../panels/toasts.js"
 */
import { showExportReport } from "../panels/export_dialog.js";

/** What the lists and menus ask for. */
export class ProjectCommands {
  #commands;
  #toasts;
  /** Why the last rename was refused; it holds until one succeeds. */
  #refusal = "";

  /**
   * @param {CommandSender} commands
   * @param {Toasts} toasts
   */
  constructor(commands, toasts) {
    this.#commands = commands;
    this.#toasts = toasts;
  }

  /** The actions of the keypoint list that go to the server. */
  keypointActions() {
    const commands = this.#commands;
    return {
      /** @param {number} id @param {string} name */
      rename: (id, name) => this.#rename(id, name),
      /** @param {number} id @param {string} color */
      recolor: (id, color) => void commands.send("change_keypoint", { keypoint_id: id, color }),
      /** @param {number} id */
      remove: (id) => void this.#remove(id),
      /** @param {number[]} ids */
      reorder: (ids) => void commands.send("reorder_keypoints", { keypoint_ids: ids }),
      /** @param {[number, number][]} edges */
      setEdges: (edges) => void commands.send("set_edges", { edges }),
      addIndividual: () => void commands.send("add_individual", { name: "" }),
      clearTracks: () => void commands.send("clear_tracks", { points: null }),
    };
  }

  /**
   * @param {number} id
   * @param {string} name
   * @returns {Promise<boolean>}
   */
  async #rename(id, name) {
    try {
      await this.#commands.request("change_keypoint", { keypoint_id: id, name });
    } catch (error) {
      const refusal = /** @type {RequestError} */ (error);
      this.#toasts.putAway(this.#refusal);
      this.#refusal = refusal.message;
      this.#commands.report(refusal);
      return false;
    }
    this.#toasts.putAway(this.#refusal);
    return true;
  }

  /** @param {string} format */
  async exportFile(format) {
    const reply = await this.#commands.send("export_file", { format });
    if (!reply || (reply.path === null && reply.url === null)) {
      return;
    }
    if (reply.url !== null) {
      download(reply.url);
    }
    const where = reply.path ?? "Your browser downloads the file.";
    if (reply.report.length > 0) {
      showExportReport({ where, report: reply.report });
    } else {
      this.#toasts.show("info", "Exported", where);
    }
  }

  /** @param {number} id */
  async #remove(id) {
    if (await this.#commands.send("delete_keypoint", { keypoint_id: id })) {
      this.#toasts.show("info", "Keypoint deleted with its labels.", "Ctrl Z brings all of it back.");
    }
  }
}

/** @param {string} url */
function download(url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}
