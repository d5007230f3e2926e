/**
 * The top row: the project and its state of saving, undo, NEW, view, export.
 *
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { Selection } from "../state/selection.js"
 * @import { ActionId } from "../state/keymap.js"
 * @import { FormatState } from "../protocol/messages.js"
 * @import { MenuItem } from "./menu.js"
 *
 * @typedef {{ act: (id: ActionId) => void, closeProject: () => void, takeOver: () => void, cycleTheme: () => void,
 *   exportFile: (format: string) => void, importFile: (format: string) => void }} ToolbarActions
 */
import { formatRate, formatTime } from "../state/format.js";
import { titleWithKey } from "../state/keymap.js";
import { button, element, icon, setIcon, setLabel, setText } from "./element.js";
import { Menu } from "./menu.js";
import { mark } from "./start_screen.js";
import { ViewMenu } from "./view_menu.js";

/** @type {Record<string, { icon: string, text: string }>} */
const SAVE_LOOK = {
  saved: { icon: "check", text: "All changes saved" },
  saving: { icon: "saving", text: "Saving…" },
  error: { icon: "warning", text: "Not saved" },
  read_only: { icon: "lock", text: "Read-only" },
  offline: { icon: "warning", text: "Not connected" },
};

/** The toolbar. */
export class Toolbar {
  #project;
  #selection;
  #actions;
  #isConnected = true;
  #name = element("span", { class: "project-name" });
  #meta = element("span", { class: "project-meta caption" });
  #save = element("span", { class: "save-state", attributes: { role: "status" } });
  #saveText = element("span");
  #takeOver;
  #undo;
  #redo;
  #new;
  #fileMenu = new Menu();
  #mode = "browser";
  /** @type {FormatState[]} */
  #exportFormats = [];
  /** @type {FormatState[]} */
  #importFormats = [];

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, selection: Selection, preferences: PreferencesModel }} models
   * @param {ToolbarActions} actions
   */
  constructor(root, { project, selection, preferences }, actions) {
    this.#project = project;
    this.#selection = selection;
    this.#actions = actions;
    this.#undo = this.#tool("undo", "undo");
    this.#redo = this.#tool("redo", "redo");
    this.#new = button({
      icon: "new-point",
      label: titleWithKey("new_point"),
      text: "New point",
      class: "button toolbar-new",
      onClick: () => actions.act("new_point"),
    });
    this.#new.append(element("kbd", { class: "kbd", text: "N" }));
    this.#takeOver = element("button", {
      class: "button is-outlined take-over",
      text: "Edit here",
      title: "Open for editing, once the other window has closed it",
      attributes: { type: "button" },
      on: { click: actions.takeOver },
    });
    this.#save.append(icon("check"), this.#saveText);
    root.append(this.#left(), this.#middle(), this.#right(new ViewMenu(preferences)));
    this.#observe();
  }

  /**
   * @param {{ mode: string, exportFormats: FormatState[], importFormats: FormatState[] }} abilities
   */
  setAbilities({ mode, exportFormats, importFormats }) {
    this.#mode = mode;
    this.#exportFormats = exportFormats;
    this.#importFormats = importFormats;
  }

  #observe() {
    const project = this.#project;
    project.on("opened", () => this.#update());
    project.on("history", () => this.#updateHistory());
    project.on("save", () => this.#updateSave());
    this.#selection.on("mode", () => {
      this.#new.setAttribute("aria-pressed", String(this.#selection.isAdding));
    });
  }

  /** @returns {HTMLElement} */
  #left() {
    const home = element("button", {
      class: "toolbar-home",
      title: "Close the project and go to the start screen",
      attributes: { type: "button", "aria-label": "Close the project and go to the start screen" },
      on: { click: this.#actions.closeProject },
    });
    home.append(mark("toolbar-mark"));
    const words = element("div", { class: "project-words" }, this.#name, this.#meta);
    return element("div", { class: "toolbar-left" }, home, words);
  }

  /** @returns {HTMLElement} */
  #middle() {
    return element(
      "div",
      { class: "toolbar-middle", attributes: { role: "toolbar", "aria-label": "Edit" } },
      this.#undo,
      this.#redo,
      element("span", { class: "divider" }),
      this.#new,
      this.#save,
      this.#takeOver,
    );
  }

  /**
   * @param {ViewMenu} viewMenu
   * @returns {HTMLElement}
   */
  #right(viewMenu) {
    const view = this.#menuButton("view", "Picture and overlay", "View", (node) => viewMenu.open(node));
    const file = this.#menuButton("export", "Export and import", "Export", (node) => this.#openFileMenu(node));
    return element(
      "div",
      { class: "toolbar-right" },
      this.#tool("fit", "fit"),
      view,
      file,
      element("span", { class: "divider" }),
      button({
        icon: "theme",
        label: "Light, dark, or as the system",
        class: "icon-button",
        onClick: this.#actions.cycleTheme,
      }),
      button({
        icon: "keyboard",
        label: "All keys (?)",
        class: "icon-button",
        onClick: () => this.#actions.act("shortcuts"),
      }),
      button({
        icon: "help",
        label: titleWithKey("help"),
        class: "icon-button",
        onClick: () => this.#actions.act("help"),
      }),
    );
  }

  /**
   * @param {ActionId} id
   * @param {string} iconName
   * @returns {HTMLButtonElement}
   */
  #tool(id, iconName) {
    return button({
      icon: iconName,
      label: titleWithKey(id),
      class: "icon-button",
      onClick: () => this.#actions.act(id),
    });
  }

  /**
   * @param {string} iconName
   * @param {string} label
   * @param {string} text
   * @param {(node: HTMLButtonElement) => void} onOpen
   * @returns {HTMLButtonElement}
   */
  #menuButton(iconName, label, text, onOpen) {
    const node = button({ icon: iconName, label, text, onClick: () => onOpen(node) });
    node.setAttribute("aria-haspopup", "true");
    return node;
  }

  /** @param {HTMLElement} opener */
  #openFileMenu(opener) {
    /** @type {(MenuItem | null)[]} */
    const items = this.#exportFormats.map(({ name, title, text }) => ({
      text: title,
      detail: text,
      icon: "export",
      onClick: () => this.#actions.exportFile(name),
    }));
    if (this.#mode === "window" && this.#importFormats.length > 0) {
      items.push(null);
      for (const { name, title, text } of this.#importFormats) {
        const onClick = () => this.#actions.importFile(name);
        items.push({ text: `Import: ${title}…`, detail: text, icon: "import", onClick });
      }
    }
    this.#fileMenu.setItems(items);
    this.#fileMenu.open(opener);
  }

  #update() {
    const { name, folder, video } = this.#project;
    setText(this.#name, name);
    if (video) {
      setText(this.#meta, `${video.width} × ${video.height}  ·  ${formatRate(video)}  ·  ${formatTime(video.duration_s)}`);
      this.#meta.title = this.#meta.textContent;
      this.#name.title = `${folder}\n${video.name}, ${video.codec}`;
    }
    this.#updateHistory();
    this.#updateSave();
  }

  #updateHistory() {
    const { undoTitle, redoTitle, isReadOnly } = this.#project;
    this.#undo.disabled = undoTitle === null || isReadOnly;
    this.#redo.disabled = redoTitle === null || isReadOnly;
    setLabel(this.#undo, undoTitle === null ? "Nothing to undo" : `Undo “${undoTitle}” (Ctrl Z)`);
    setLabel(this.#redo, redoTitle === null ? "Nothing to redo" : `Redo “${redoTitle}” (Ctrl Shift Z)`);
  }

  /** @param {boolean} isConnected whether the app can be reached, so that changes are saved */
  setConnected(isConnected) {
    if (isConnected !== this.#isConnected) {
      this.#isConnected = isConnected;
      this.#updateSave();
    }
  }

  #updateSave() {
    const { save, isReadOnly } = this.#project;
    const state = this.#isConnected ? save.state : "offline";
    const look = SAVE_LOOK[state];
    this.#save.dataset["state"] = state;
    setIcon(this.#save, look?.icon ?? "check");
    setText(this.#saveText, look?.text ?? "");
    this.#save.title = save.error
      ? `${save.error.message} ${save.error.hint}`
      : "Every change is written to the disk as you make it.";
    this.#takeOver.hidden = !isReadOnly;
    this.#new.disabled = isReadOnly;
    this.#updateHistory();
  }
}
