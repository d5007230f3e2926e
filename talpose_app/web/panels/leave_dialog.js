/**
 * Asks what becomes of the run under way before the project is left.
 *
 * @typedef {"keep" | "discard" | "stay"} Leaving
 */
import { button, element } from "./element.js";

/**
 * @returns {Promise<Leaving>} "stay" when the dialog is put away
 */
export function askToLeave() {
  const dialog = element("dialog", { class: "dialog leave", attributes: { "aria-label": "A run is under way" } });
  /** @param {Leaving} answer */
  const close = (answer) => dialog.close(answer);
  const choices = [
    button({ icon: "stop", label: "Stop the run and keep its best tracks; undo takes them back", text: "Stop and keep", class: "button is-primary", onClick: () => close("keep") }),
    button({ icon: "revert", label: "Stop the run and put the tracks back as they were", text: "Discard", class: "button is-outlined", onClick: () => close("discard") }),
    button({ icon: "close", label: "Leave everything as it is", text: "Stay", class: "button is-outlined", onClick: () => close("stay") }),
  ];
  dialog.append(
    element("h2", { class: "dialog-title", text: "A run is under way" }),
    element("p", { text: "It ends when the project is closed. Your labels are safe either way." }),
    element("div", { class: "leave-choices" }, ...choices),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(/** @type {Leaving} */ (dialog.returnValue || "stay"));
    });
  });
}
