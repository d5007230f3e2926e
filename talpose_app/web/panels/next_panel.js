/**
 * How good the tracks are expected to be, and where the next label pays most.
 *
 * @import { PreferencesModel } from "../state/preferences.js"
 * @import { RunModel } from "../state/run.js"
 * @import { SuggestionModel } from "../state/suggestions.js"
 * @import { ActionId } from "../state/keymap.js"
 */
import { counted } from "../state/format.js";
import { titleWithKey } from "../state/keymap.js";
import { button, element, setText } from "./element.js";

/** A small card below the buttons of the run. */
export class NextPanel {
  #models;
  #title = element("h3", { class: "run-title" });
  #text = element("p", { class: "caption" });
  #bar = element("div", { class: "next-bar", attributes: { "aria-hidden": "true" } });
  #fill = element("div", { class: "next-fill" });
  #mark = element("div", { class: "next-mark" });
  #aim = element("input", { class: "field", attributes: { type: "number", min: "50", max: "100", step: "1", "aria-label": "Aim, percent" } });
  #next;
  node = element("section", { class: "run-progress next-card", attributes: { "aria-label": "Where to click next" } });

  /**
   * @param {{ suggestions: SuggestionModel, preferences: PreferencesModel, run: RunModel }} models
   * @param {(id: ActionId) => void} act
   */
  constructor(models, act) {
    this.#models = models;
    const { suggestions, preferences, run } = models;
    this.#next = button({
      icon: "doubt",
      label: titleWithKey("next_suggestion"),
      text: "Next place",
      class: "button is-outlined is-compact",
      onClick: () => act("next_suggestion"),
    });
    const words = [element("span", { text: "Aim" }), this.#aim, element("span", { text: "%" })];
    const aim = element("label", { class: "next-aim caption", title: "The share of positions that shall be right" }, ...words);
    this.#bar.append(this.#fill, this.#mark);
    this.node.append(this.#title, this.#bar, this.#text, element("div", { class: "next-tools" }, this.#next, aim));
    this.#aim.addEventListener("change", () => this.#takeAim());
    suggestions.on("change", () => this.#update());
    preferences.on("change", () => this.#update());
    run.on("run", () => this.#update());
    this.#update();
  }

  #takeAim() {
    if (this.#aim.checkValidity() && Number.isFinite(this.#aim.valueAsNumber)) {
      this.#models.preferences.set("goodShare", this.#aim.valueAsNumber / 100);
    } else {
      this.#aim.value = String(Math.round(this.#models.preferences.get("goodShare") * 100));
    }
  }

  #update() {
    const { suggestions, preferences, run } = this.#models;
    const { expectedShare: share, places } = suggestions;
    this.node.hidden = share === null || run.isActive;
    if (share === null) {
      return;
    }
    const aim = preferences.get("goodShare");
    const isGood = share >= aim;
    this.node.dataset["state"] = isGood ? "good" : "open";
    setText(this.#title, isGood ? "Good enough" : "Where to click next");
    const worth = counted(Math.max(1, Math.round(suggestions.bestGain)), "position");
    const gain = places.length > 0 && !isGood ? ` Put right what is off in the next place: that is worth about ${worth}.` : "";
    setText(this.#text, `About ${Math.floor(share * 100)} % of positions are right, by the tracker's own estimate.${gain}`);
    this.#fill.style.width = `${share * 100}%`;
    this.#mark.style.left = `${aim * 100}%`;
    this.#aim.value = String(Math.round(aim * 100));
    this.#next.disabled = places.length === 0;
  }
}
