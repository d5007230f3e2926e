/**
 * All keys on one page.
 *
 * @import { GuideSection } from "../state/key_guide.js"
 */
import { GUIDE_SECTIONS } from "../state/key_guide.js";
import { button, element, icon } from "./element.js";

/** How a point looks, by what is known about it in the frame. */
const LEGEND = [
  ["state-visible", "Label"],
  ["state-occluded", "Label, occluded"],
  ["state-absent", "Label, absent"],
  ["state-predicted", "Predicted"],
  ["state-doubtful", "Predicted, doubtful"],
];

/** A modal dialog, made when it is first wanted. */
export class ShortcutsDialog {
  /** @type {HTMLDialogElement | null} */
  #dialog = null;
  #showHelp;

  /** @param {() => void} showHelp opens the help */
  constructor(showHelp) {
    this.#showHelp = showHelp;
  }

  /** Open it, or close it when it is open. */
  toggle() {
    this.#dialog ??= this.#make();
    if (this.#dialog.open) {
      this.#dialog.close();
    } else {
      this.#dialog.showModal();
    }
  }

  /** @param {HTMLDialogElement} dialog */
  #openHelp(dialog) {
    dialog.close();
    this.#showHelp();
  }

  /** @returns {HTMLDialogElement} */
  #make() {
    const dialog = element("dialog", { class: "dialog shortcuts", attributes: { "aria-label": "Keys and mouse" } });
    const close = button({ icon: "close", label: "Close", class: "icon-button", onClick: () => dialog.close() });
    const help = button({ icon: "help", label: "Help (F1)", text: "Help", class: "button is-text", onClick: () => this.#openHelp(dialog) });
    const head = element(
      "header",
      { class: "dialog-head" },
      element("h2", { class: "dialog-title", text: "Keys and mouse" }),
      element("div", { class: "dialog-tools" }, help, close),
    );
    const columns = element(
      "div",
      { class: "shortcut-columns" },
      column("frames", "general"),
      column("labels", "tracking"),
      column("view", "picture", "lanes"),
    );
    dialog.append(head, columns, legend());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) {
        dialog.close();
      }
    });
    document.body.append(dialog);
    return dialog;
  }
}

/** @returns {HTMLElement} */
function legend() {
  const entries = LEGEND.map(([name = "", text = ""]) =>
    element("span", { class: "legend-entry" }, icon(name), element("span", { text })),
  );
  return element("footer", { class: "legend" }, element("h3", { class: "heading", text: "Points" }), ...entries);
}

/**
 * @param {GuideSection["id"][]} ids
 * @returns {HTMLElement}
 */
function column(...ids) {
  return element("div", {}, ...GUIDE_SECTIONS.filter(({ id }) => ids.includes(id)).map(section));
}

/**
 * @param {GuideSection} guide
 * @returns {HTMLElement}
 */
function section({ title, rows }) {
  const list = element("dl", { class: "shortcut-list" });
  for (const { chords, text } of rows) {
    const keys = element("dd", { class: "shortcut-keys" });
    chords.forEach((caps, i) => {
      if (i > 0) {
        keys.append(element("span", { class: "caption", text: "or" }));
      }
      keys.append(...caps.map((cap) => element("kbd", { class: "kbd", text: cap })));
    });
    list.append(element("div", { class: "shortcut-row" }, element("dt", { text }), keys));
  }
  return element("section", { class: "shortcut-group" }, element("h3", { class: "heading", text: title }), list);
}
