/**
 * Tells what an export left out.
 */
import { button, element } from "./element.js";

/**
 * @param {{ where: string, report: string[] }} exported
 */
export function showExportReport({ where, report }) {
  const dialog = element("dialog", { class: "dialog report", attributes: { "aria-label": "Exported" } });
  const close = button({ icon: "close", label: "Close", class: "icon-button", onClick: () => dialog.close() });
  const list = element("ul", { class: "report-list" });
  list.append(...report.map((text) => element("li", { text })));
  dialog.append(
    element("header", { class: "dialog-head" }, element("h2", { class: "dialog-title", text: "Exported" }), close),
    element("p", { class: "report-where caption", text: where }),
    list,
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
