/**
 * Asks where a project's video is now, because it is not where it was.
 *
 * @import { WantedVideoState } from "../protocol/messages.js"
 *
 * @typedef {{ find: () => void, giveUp: () => void }} FindVideoActions
 */
import { button, element, setText } from "./element.js";

/** A modal dialog that stays until the video is found or the user gives up. */
export class FindVideoDialog {
  #actions;
  #dialog = element("dialog", { class: "dialog find-video", attributes: { "aria-labelledby": "find-video-title" } });
  #title = element("h2", { class: "dialog-title", attributes: { id: "find-video-title" } });
  #reason = element("p");
  #project = element("dd");
  #place = element("dd");
  #error = element("p", { class: "find-video-error", attributes: { role: "alert" } });
  #busy = element("p", { class: "caption", attributes: { role: "status" } });
  #isWanted = false;

  /** @param {FindVideoActions} actions */
  constructor(actions) {
    this.#actions = actions;
    const find = button({
      icon: "folder",
      label: "Choose the file that is the video",
      text: "Find the video…",
      class: "button is-primary",
      onClick: actions.find,
    });
    const cancel = button({
      icon: "close",
      label: "Do not open the project",
      text: "Cancel",
      class: "button is-outlined",
      onClick: () => this.#dialog.close(),
    });
    this.#dialog.append(
      this.#title,
      this.#reason,
      element(
        "dl",
        { class: "find-video-facts" },
        element("dt", { text: "Project" }),
        this.#project,
        element("dt", { text: "It was at" }),
        this.#place,
      ),
      element("p", { class: "caption", text: "The labels are safe. The file may have another name or folder now." }),
      this.#error,
      element("div", { class: "leave-choices" }, find, cancel, this.#busy),
    );
    this.#dialog.addEventListener("close", () => this.#onClose());
    document.body.append(this.#dialog);
  }

  /** @param {WantedVideoState} wanted */
  show({ project, name, place, reason }) {
    setText(this.#title, `Where is ${name}?`);
    setText(this.#reason, reason);
    setText(this.#project, project);
    setText(this.#place, place);
    this.setError("");
    this.#isWanted = true;
    if (!this.#dialog.open) {
      this.#dialog.showModal();
    }
  }

  /** Put it away: the video is found, or nobody wants it any more. */
  hide() {
    this.#isWanted = false;
    this.#dialog.close();
  }

  /** @param {string} text why the chosen file cannot be taken, "" when nothing is wrong */
  setError(text) {
    setText(this.#error, text);
    this.#error.hidden = text === "";
  }

  /** @param {string} text what is going on, "" when nothing */
  setBusy(text) {
    setText(this.#busy, text);
  }

  #onClose() {
    // The event comes late: by then the dialog may be shown for another video.
    if (this.#isWanted && !this.#dialog.open) {
      this.#isWanted = false;
      this.#actions.giveUp();
    }
  }
}
