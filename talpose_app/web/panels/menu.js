/**
 * A small menu under a button: opens on click, closes on Escape, on a click
 * elsewhere and after a choice; arrow keys move.
 */
import { element, icon } from "./element.js";

const GAP_PX = 4;
const EDGE_PX = 8;

/**
 * @typedef {{ text: string, icon: string, onClick: () => void, isDanger?: boolean, detail?: string }} MenuItem
 *   `detail` is a line below the text that says more
 */

/** One popover, placed below (or above) what opened it. */
export class Menu {
  #node;
  /** @type {HTMLElement | null} */
  #opener = null;

  /**
   * @param {string} className
   */
  constructor(className = "") {
    this.#node = element("div", { class: `menu ${className}`.trim(), attributes: { popover: "auto" } });
    this.#node.addEventListener("keydown", (event) => this.#onKey(event));
    this.#node.addEventListener("toggle", (event) => this.#onToggle(event));
    document.body.append(this.#node);
  }

  /** @returns {HTMLElement} where content goes */
  get content() {
    return this.#node;
  }

  /** @param {(MenuItem | null)[]} items null makes a line */
  setItems(items) {
    this.#node.setAttribute("role", "menu");
    this.#node.replaceChildren(
      ...items.map((item) => (item ? this.#item(item) : element("div", { class: "menu-line", attributes: { role: "separator" } }))),
    );
  }

  /** @param {HTMLElement} opener */
  open(opener) {
    this.#opener = opener;
    this.#node.showPopover();
    const from = opener.getBoundingClientRect();
    const own = this.#node.getBoundingClientRect();
    const isBelow = from.bottom + GAP_PX + own.height < innerHeight - EDGE_PX;
    const left = Math.min(Math.max(EDGE_PX, from.left), innerWidth - own.width - EDGE_PX);
    this.#node.style.left = `${left}px`;
    this.#node.style.top = `${Math.max(EDGE_PX, isBelow ? from.bottom + GAP_PX : from.top - own.height - GAP_PX)}px`;
    this.#focusable()[0]?.focus({ preventScroll: true });
  }

  /** Close it, if it is open. */
  close() {
    if (this.#node.matches(":popover-open")) {
      this.#node.hidePopover();
    }
  }

  /**
   * @param {MenuItem} item
   * @returns {HTMLButtonElement}
   */
  #item({ text, icon: name, onClick, isDanger = false, detail = "" }) {
    const node = element("button", {
      class: `menu-item${isDanger ? " is-danger" : ""}`,
      attributes: { type: "button", role: "menuitem" },
      on: {
        click: () => {
          this.close();
          onClick();
        },
      },
    });
    const words = element("span", { class: "menu-words" }, element("span", { text }));
    if (detail) {
      words.append(element("span", { class: "menu-detail", text: detail }));
    }
    node.append(icon(name), words);
    return node;
  }

  /** @returns {HTMLElement[]} */
  #focusable() {
    return [...this.#node.querySelectorAll("button, input, select")].filter((node) => node instanceof HTMLElement);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isMenu = this.#node.getAttribute("role") === "menu";
    if (step && isMenu) {
      event.preventDefault();
      const nodes = this.#focusable();
      const at = nodes.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      nodes[(at + step + nodes.length) % nodes.length]?.focus();
    }
  }

  /** @param {Event} event */
  #onToggle(event) {
    const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
    this.#opener?.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen && this.#node.contains(document.activeElement)) {
      this.#opener?.focus();
    }
  }
}
