/**
 * One keypoint of the list.
 *
 * @import { ErrorNumbers } from "../protocol/messages.js"
 * @import { PointInfo } from "../state/project.js"
 * @import { MenuItem } from "./menu.js"
 *
 * @typedef {{ select: (key: string) => void, rename: (id: number, name: string) => Promise<boolean>,
 *   recolor: (id: number, color: string) => void, remove: (id: number) => void,
 *   toggleHidden: (key: string) => void, move: (key: string, step: number) => void,
 *   canMove: (key: string, step: number) => boolean,
 *   edgeOffer: (id: number) => { text: string, toggle: () => void } | null }} RowActions `edgeOffer`: joining this
 *   keypoint to the selected one, or parting them
 */
import { counted } from "../state/format.js";
import { explainError, formatPx } from "../state/held_out.js";
import { shapeIndex } from "../canvas/glyphs.js";
import { button, element, icon, setIcon, setLabel, setText } from "./element.js";
import { Menu } from "./menu.js";

/** @type {Menu | null} */
let rowMenu = null;

/** A row: select by click, rename by double click or F2, drag by the grip. */
export class KeypointRow {
  /** @type {PointInfo | null} */
  info = null;
  #actions;
  #swatch = element("span", { class: "swatch" }, icon("shape-0"));
  #name = element("span", { class: "keypoint-name" });
  #labels = element("span", { class: "keypoint-labels" });
  #error = element("span", { class: "keypoint-error" });
  #confidence = element("span", { class: "confidence" });
  #bar = element("span", { class: "confidence-bar" });
  #hide;
  #more;
  /** A name that was typed and refused: the next renaming begins with it. */
  #refused = "";
  #color = element("input", { class: "color-input", attributes: { type: "color", tabindex: "-1", "aria-hidden": "true" } });

  /**
   * @param {string} key
   * @param {RowActions} actions
   */
  constructor(key, actions) {
    this.key = key;
    this.#actions = actions;
    this.node = element("li", { class: "keypoint-row", attributes: { role: "option", tabindex: "0", draggable: "true" } });
    this.#hide = button({
      icon: "eye",
      label: "Hide",
      class: "icon-button is-small row-hide",
      onClick: () => actions.toggleHidden(key),
    });
    this.#more = button({
      icon: "more",
      label: "Rename, recolor, delete",
      class: "icon-button is-small row-more",
      onClick: () => this.#openMenu(),
    });
    this.#confidence.append(this.#bar);
    this.node.append(
      element("span", { class: "grip" }, icon("grip")),
      this.#swatch,
      this.#name,
      element("span", { class: "keypoint-quality" }, this.#error, this.#confidence),
      this.#labels,
      this.#more,
      this.#hide,
      this.#color,
    );
    this.#listen();
  }

  /** @param {PointInfo} info */
  setInfo(info) {
    this.info = info;
    setIcon(this.#swatch, `shape-${shapeIndex(info.order)}`);
    this.#swatch.style.color = info.keypoint.color;
    this.#color.value = info.keypoint.color;
    if (!this.node.classList.contains("is-renaming")) {
      setText(this.#name, info.keypoint.name);
      this.#name.title = info.keypoint.name;
    }
  }

  /**
   * @param {number} nLabels
   * @param {number} confidence mean, NaN without predictions
   */
  setNumbers(nLabels, confidence) {
    const hasTrack = Number.isFinite(confidence);
    setText(this.#labels, String(nLabels));
    this.#labels.title = counted(nLabels, "label");
    this.#confidence.classList.toggle("is-empty", !hasTrack);
    this.#bar.style.width = `${Math.round((hasTrack ? confidence : 0) * 100)}%`;
    this.#confidence.title = hasTrack ? `Mean confidence ${Math.round(confidence * 100)} %` : "Not tracked yet";
    const text = hasTrack ? `, confidence ${Math.round(confidence * 100)} percent` : "";
    this.node.setAttribute("aria-label", `${this.info?.keypoint.name ?? ""}, ${counted(nLabels, "label")}${text}`);
  }

  /** @param {ErrorNumbers | null} error what its hidden labels were missed by; null while unknown */
  setError(error) {
    setText(this.#error, error ? formatPx(error.median_px) : "");
    this.#error.title = error ? explainError(error) : "";
    this.#error.hidden = error === null;
    this.#error.classList.toggle("is-stale", error?.is_stale ?? false);
    if (error) {
      const since = error.is_stale ? ", before its labels changed" : "";
      this.node.setAttribute("aria-label", `${this.node.getAttribute("aria-label")}, held-out error ${formatPx(error.median_px)}${since}`);
    }
  }

  /**
   * @param {boolean} isSelected
   * @param {boolean} isHidden
   */
  setState(isSelected, isHidden) {
    this.node.classList.toggle("is-hidden", isHidden);
    setIcon(this.#hide, isHidden ? "eye-off" : "eye");
    setLabel(this.#hide, isHidden ? "Show" : "Hide");
    if (isSelected && this.node.getAttribute("aria-selected") !== "true") {
      this.node.scrollIntoView({ block: "nearest" });
    }
    this.node.setAttribute("aria-selected", String(isSelected));
  }

  #listen() {
    this.node.addEventListener("click", (event) => {
      if (!(event.target instanceof Element && event.target.closest("button, input"))) {
        this.#actions.select(this.key);
      }
    });
    this.#name.addEventListener("dblclick", () => this.rename());
    this.node.addEventListener("keydown", (event) => this.#onKey(event));
    this.node.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/x-keypoint", this.key));
    this.#color.addEventListener("change", () => {
      if (this.info) {
        this.#actions.recolor(this.info.keypoint.keypoint_id, this.#color.value);
      }
    });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.target !== this.node) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isTaken = step ? this.#onArrow(step, event) : this.#onOwnKey(event.key);
    if (isTaken) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /**
   * @param {number} step
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key was ours
   */
  #onArrow(step, event) {
    if (event.altKey && event.shiftKey) {
      this.#actions.move(this.key, step);
      return true;
    }
    if (!event.altKey) {
      const sibling = step > 0 ? this.node.nextElementSibling : this.node.previousElementSibling;
      /** @type {HTMLElement | null} */ (sibling)?.focus();
    }
    return !event.altKey;
  }

  /**
   * @param {string} key
   * @returns {boolean} whether the key was ours
   */
  #onOwnKey(key) {
    if (key === "Enter" || key === " ") {
      this.#actions.select(this.key);
    } else if (key === "F2") {
      this.rename();
    } else {
      return false;
    }
    return true;
  }

  #openMenu() {
    const id = this.info?.keypoint.keypoint_id;
    if (id === undefined) {
      return;
    }
    const edge = this.#actions.edgeOffer(id);
    rowMenu ??= new Menu();
    rowMenu.setItems([
      { text: "Rename", icon: "pencil", onClick: () => this.rename() },
      { text: "Color…", icon: "palette", onClick: () => this.#color.showPicker() },
      ...this.#moveItems(),
      ...(edge ? [{ text: edge.text, icon: "edge", onClick: edge.toggle }] : []),
      null,
      { text: "Delete keypoint", icon: "trash", isDanger: true, onClick: () => this.#actions.remove(id) },
    ]);
    rowMenu.open(this.#more);
  }

  /** @returns {MenuItem[]} */
  #moveItems() {
    const items = [
      { text: "Move up", icon: "arrow-up", step: -1 },
      { text: "Move down", icon: "arrow-down", step: 1 },
    ];
    return items
      .filter(({ step }) => this.#actions.canMove(this.key, step))
      .map(({ step, ...item }) => ({ ...item, onClick: () => this.#actions.move(this.key, step) }));
  }

  /** Let the user type another name; Enter keeps it, Escape does not. */
  rename() {
    const info = this.info;
    if (!info || this.node.classList.contains("is-renaming")) {
      return;
    }
    const input = element("input", {
      class: "field rename-field",
      attributes: { type: "text", "aria-label": "Name", spellcheck: "false", maxlength: "100" },
    });
    input.value = this.#refused || info.keypoint.name;
    this.#refused = "";
    const holder = document.activeElement;
    const back = holder instanceof HTMLElement && !this.node.contains(holder) ? holder : this.node;
    this.node.classList.add("is-renaming");
    this.node.draggable = false;
    this.#name.replaceChildren(input);
    input.select();
    input.focus();
    let isOver = false;
    /** @param {string} key that ended it, "" when the focus went elsewhere */
    const finish = (key) => {
      if (isOver) {
        return;
      }
      isOver = true;
      this.#endRename(key === "Escape" ? "" : input.value.trim(), key === "Enter");
    };
    input.addEventListener("blur", () => finish(""));
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") {
        finish(event.key);
        back.focus({ preventScroll: true });
      }
    });
  }

  /**
   * @param {string} name "" keeps the old one
   * @param {boolean} mayAsk whether to ask again at once if it is refused: not where the hand is elsewhere by then
   */
  #endRename(name, mayAsk) {
    this.node.classList.remove("is-renaming");
    this.node.draggable = true;
    const info = this.info;
    if (!info) {
      return;
    }
    const isNew = name !== "" && name !== info.keypoint.name;
    setText(this.#name, isNew ? name : info.keypoint.name);
    if (isNew) {
      void this.#actions.rename(info.keypoint.keypoint_id, name).then((isDone) => {
        if (!isDone && this.info) {
          setText(this.#name, this.info.keypoint.name);
          this.#refused = name;
          if (mayAsk) {
            this.rename();
          }
        }
      });
    }
  }
}
