/**
 * What hidden labels were missed by, as a number and in words.
 *
 * @import { HeldOutState } from "../protocol/messages.js"
 */
import { formatPx, tellError } from "../state/held_out.js";
import { element, setText } from "./element.js";

/** Two lines of the run's card. */
export class HeldOutRow {
  #title = element("span");
  #px = element("span", { class: "run-loss" });
  #row = element("div", { class: "run-held-out loss-head caption" }, this.#title, this.#px);
  #text = element("p", { class: "run-held-out-text caption" });
  nodes = [this.#row, this.#text];

  /** @param {HeldOutState | null} error null while unknown */
  show(error) {
    const isStale = error?.is_stale ?? false;
    this.#row.classList.toggle("is-stale", isStale);
    setText(this.#title, isStale ? "Held-out error, before labels changed" : "Held-out error");
    setText(this.#px, error ? formatPx(error.median_px) : "");
    setText(this.#text, error ? tellError(error) : "");
    for (const node of this.nodes) {
      node.hidden = error === null;
      node.title = error?.sentence ?? "";
    }
  }
}
