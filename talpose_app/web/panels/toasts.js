/**
 * Short messages at the edge: what happened, and the way out.
 *
 * @typedef {"info" | "warning" | "error"} ToastLevel
 */
import { button, element, icon } from "./element.js";

const ICONS = { info: "info", warning: "warning", error: "warning" };
/** Errors stay until they are put away, by their button or by Escape. */
const STAY_MS = { info: 4000, warning: 9000, error: 0 };
const MOST = 4;

/** The stack of messages. */
export class Toasts {
  #root;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
        this.clear();
      }
    });
  }

  /** @param {string} message that no longer holds */
  putAway(message) {
    this.#find(message)?.remove();
  }

  /**
   * @param {string} message
   * @returns {Element | undefined}
   */
  #find(message) {
    return [...this.#root.children].find((node) => node instanceof HTMLElement && node.dataset["message"] === message);
  }

  /** Put all away. */
  clear() {
    this.#root.replaceChildren();
  }

  /**
   * @param {ToastLevel} level
   * @param {string} message
   * @param {string} [hint] the way out
   */
  show(level, message, hint = "") {
    if (this.#find(message)) {
      return;
    }
    if (level === "info") {
      this.#root.querySelectorAll(".toast.is-info").forEach((old) => old.remove());
    }
    const words = element("div", { class: "toast-words" }, element("p", { class: "toast-message", text: message }));
    if (hint) {
      words.append(element("p", { class: "toast-hint", text: hint }));
    }
    const node = element("div", { class: `toast is-${level}`, attributes: { role: level === "error" ? "alert" : "status" } });
    node.dataset["message"] = message;
    const close = button({ icon: "close", label: "Put away", class: "icon-button is-small", onClick: () => node.remove() });
    node.append(icon(ICONS[level]), words, close);
    this.#root.append(node);
    while (this.#root.children.length > MOST) {
      this.#root.firstElementChild?.remove();
    }
    if (STAY_MS[level] > 0) {
      setTimeout(() => node.remove(), STAY_MS[level]);
    }
  }
}
