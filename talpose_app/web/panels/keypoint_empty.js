/**
 * What stands in the list of a project without keypoints: how to get some.
 *
 * @import { RecentState } from "../protocol/messages.js"
 * @import { ProjectModel } from "../state/project.js"
 *
 * @typedef {{ takeKeypoints: (entryId: string) => void, chooseKeypoints: () => void }} EmptyActions
 */
import { button, element } from "./element.js";

/** The empty list's words and buttons. */
export class KeypointEmpty {
  /** The element in the page. */
  node = element("div", { class: "keypoint-empty" });
  #project;
  #actions;
  #taking = element("div", { class: "keypoint-taking" });
  /** @type {RecentState[]} */
  #recent = [];

  /**
   * @param {Pick<ProjectModel, "name" | "folder" | "isReadOnly">} project
   * @param {EmptyActions} actions
   */
  constructor(project, actions) {
    this.#project = project;
    this.#actions = actions;
    this.node.append(
      element("p", { text: "No keypoints yet" }),
      element("p", { class: "caption", text: "Press N and click on the picture. Names and colors can be changed at any time." }),
      this.#taking,
    );
  }

  /** @param {RecentState[]} recent newest first */
  setRecent(recent) {
    this.#recent = recent;
    this.update();
  }

  /** Offer what fits the open project. */
  update() {
    const { name, folder, isReadOnly } = this.#project;
    const last = this.#recent.find((entry) => entry.name !== name || entry.folder !== folder);
    this.#taking.hidden = isReadOnly;
    const choose = offer("project", "Keypoints of a project…", "Choose a project whose keypoints you want here, too", this.#actions.chooseKeypoints);
    this.#taking.replaceChildren(choose);
    if (last) {
      const take = () => this.#actions.takeKeypoints(last.entry_id);
      this.#taking.prepend(offer("new-point", `Same as ${last.name}`, `Take the keypoints of ${last.name}, with names, colors and skeleton`, take));
    }
  }
}

/**
 * @param {string} icon
 * @param {string} text
 * @param {string} label
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
function offer(icon, text, label, onClick) {
  return button({ icon, text, label, class: "button is-text keypoint-offer", onClick });
}
