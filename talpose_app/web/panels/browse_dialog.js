/**
 * Chooses a file where there is no native dialog: the server lists folders.
 *
 * @import { FolderEntry, Listing } from "../protocol/messages.js"
 *
 * @typedef {{ title: string, kinds: FolderEntry["kind"][], nothing: string, startId: string | null,
 *   choose: (entryId: string) => void }} BrowseTask what is looked for; `nothing` is said of a folder without any of its
 *   `kinds`, `startId` is the folder to begin in, or null for the one looked at last
 * @typedef {{ list: (entryId: string | null) => Promise<Listing | null>, open: (entryId: string) => void }} BrowseActions
 */
import { formatDay, formatSize } from "../state/format.js";
import { button, element, icon } from "./element.js";

const ICONS = { folder: "folder", video: "film", project: "project" };

/** A modal dialog with one folder at a time. */
export class BrowseDialog {
  #actions;
  #dialog = element("dialog", { class: "dialog browse", attributes: { "aria-labelledby": "browse-title" } });
  #title = element("h2", { class: "dialog-title", attributes: { id: "browse-title" } });
  #folder = element("p", { class: "browse-folder caption" });
  #list = element("ul", { class: "browse-list" });
  #up;
  /** @type {string | null} */
  #parentId = null;
  /** @type {string | null} */
  #lastId = null;
  /** @type {BrowseTask} */
  #task;

  /** @param {BrowseActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#task = this.#opening();
    this.#up = button({
      icon: "arrow-up",
      label: "Folder above",
      class: "icon-button",
      onClick: () => void this.#show(this.#parentId),
    });
    const close = button({ icon: "close", label: "Close", class: "icon-button", onClick: () => this.#dialog.close() });
    this.#dialog.append(
      element("header", { class: "dialog-head" }, this.#title, close),
      element("div", { class: "browse-path" }, this.#up, this.#folder),
      this.#list,
    );
    document.body.append(this.#dialog);
  }

  /** Forget the last folder: another server does not know it. */
  forget() {
    this.#lastId = null;
  }

  /**
   * Start in the folder looked at last, or in the user's own.
   *
   * @param {BrowseTask} [task] opens a video or a project without one
   */
  async open(task = this.#opening()) {
    this.#task = task;
    this.#title.textContent = task.title;
    if (await this.#show(task.startId ?? this.#lastId)) {
      this.#dialog.showModal();
    }
  }

  /** @returns {BrowseTask} */
  #opening() {
    return {
      title: "Open a video or a project",
      kinds: ["folder", "video", "project"],
      nothing: "No folders, videos or projects here.",
      startId: null,
      choose: this.#actions.open,
    };
  }

  /**
   * @param {string | null} entryId
   * @returns {Promise<boolean>}
   */
  async #show(entryId) {
    const listing = await this.#actions.list(entryId);
    if (!listing) {
      return false;
    }
    this.#lastId = entryId;
    this.#parentId = listing.parent_id;
    this.#up.disabled = listing.parent_id === null;
    this.#folder.textContent = listing.folder;
    const now = new Date();
    const shown = listing.entries.filter((entry) => this.#task.kinds.includes(entry.kind));
    const items = shown.map((entry) => this.#item(entry, now));
    const empty = element("li", { class: "browse-empty caption", text: this.#task.nothing });
    this.#list.replaceChildren(...(items.length > 0 ? items : [empty]));
    this.#list.scrollTop = 0;
    return true;
  }

  /**
   * @param {FolderEntry} entry
   * @param {Date} now
   * @returns {HTMLElement}
   */
  #item({ entry_id: entryId, name, kind, size, modified_at: modifiedAt }, now) {
    const node = element("button", {
      class: "browse-item",
      attributes: { type: "button" },
      on: {
        click: () => {
          if (kind === "folder") {
            void this.#show(entryId);
          } else {
            this.#dialog.close();
            this.#task.choose(entryId);
          }
        },
      },
    });
    node.append(
      icon(ICONS[kind]),
      element("span", { class: "browse-name", text: name }),
      element("span", { class: "caption", text: kind === "folder" ? "" : formatSize(size) }),
      element("span", { class: "caption browse-day", text: formatDay(modifiedAt, now) }),
    );
    return element("li", {}, node);
  }
}
