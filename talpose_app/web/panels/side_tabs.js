/**
 * The head of the panel on the right: tracking, or filters.
 *
 * @import { FilterModel } from "../state/filters.js"
 * @import { RunModel } from "../state/run.js"
 */
import { titleWithKey } from "../state/keymap.js";
import { element } from "./element.js";

/** Two tabs and the bodies they show. */
export class SideTabs {
  #filters;
  #run;
  #trackingTab;
  #filterTab;
  tracking = element("div", { class: "side-body", attributes: { role: "tabpanel", "aria-label": "Tracking" } });
  filtering = element("div", { class: "side-body", attributes: { role: "tabpanel", "aria-label": "Filters" } });

  /**
   * @param {HTMLElement} root
   * @param {{ filters: FilterModel, run: RunModel }} models
   */
  constructor(root, { filters, run }) {
    this.#filters = filters;
    this.#run = run;
    this.#trackingTab = this.#tab("Tracking", false);
    this.#filterTab = this.#tab("Filters", true);
    const tabs = element("div", { class: "side-tabs", attributes: { role: "tablist" } }, this.#trackingTab, this.#filterTab);
    tabs.addEventListener("keydown", (event) => this.#onKey(event));
    root.append(tabs, this.tracking, this.filtering);
    filters.on("open", () => this.#update());
    run.on("run", () => this.#update());
    this.#update();
  }

  /**
   * @param {string} text
   * @param {boolean} isFilters
   * @returns {HTMLButtonElement}
   */
  #tab(text, isFilters) {
    return element("button", {
      class: "side-tab",
      text,
      attributes: { type: "button", role: "tab" },
      on: {
        click: () => {
          this.#filters.isOpen = isFilters;
        },
      },
    });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.stopPropagation();
      this.#filters.isOpen = event.key === "ArrowRight" && !this.#run.isActive;
      (this.#filters.isOpen ? this.#filterTab : this.#trackingTab).focus();
    }
  }

  #update() {
    const { isOpen } = this.#filters;
    for (const [tab, isChosen] of /** @type {const} */ ([[this.#trackingTab, !isOpen], [this.#filterTab, isOpen]])) {
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
    this.#filterTab.disabled = this.#run.isActive;
    this.#filterTab.title = this.#run.isActive ? "Filters wait until the run ends" : titleWithKey("filters");
    this.tracking.hidden = isOpen;
    this.filtering.hidden = !isOpen;
  }
}
