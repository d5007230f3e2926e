/**
 * Says that the line to the app is broken, what becomes of changes, and what to do.
 *
 * @import { Connection, LinkState } from "../net/connection.js"
 * @import { ProjectModel } from "../state/project.js"
 */
import { counted } from "../state/format.js";
import { element, icon, setText } from "./element.js";

const LOST = "Connection to TALPose lost.";
const REFUSED = "TALPose was restarted. Open its new address in another tab, and this page goes on.";

/** The strip at the top edge. */
export class Banner {
  #root;
  #project;
  #text = element("span");
  #isRefused = false;

  /**
   * @param {HTMLElement} root
   * @param {Connection} connection
   * @param {ProjectModel} project
   */
  constructor(root, connection, project) {
    this.#root = root;
    this.#project = project;
    root.append(icon("saving"), this.#text);
    connection.on("link", (link) => this.#onLink(link));
    project.on("labels", () => this.#update());
  }

  /** @param {LinkState} link */
  #onLink(link) {
    if (link === "connecting") {
      return;
    }
    // Every try to come back ends as a lost line again; what is known of the server stays.
    this.#isRefused = link === "refused" || (link === "lost" && this.#isRefused);
    this.#root.hidden = link === "open";
    this.#update();
  }

  #update() {
    if (this.#root.hidden) {
      return;
    }
    const nWaiting = this.#project.labels.pending.length;
    const waiting = nWaiting > 0 ? `${counted(nWaiting, "change")} will be sent then.` : "Nothing is lost.";
    setText(this.#text, `${this.#isRefused ? REFUSED : `${LOST} It is being restored.`} ${waiting}`);
  }
}
