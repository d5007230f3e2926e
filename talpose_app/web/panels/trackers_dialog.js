/**
 * The trackers there are: what each is, under which licence, and getting those that are not here.
 *
 * @import { HardwareState, TrackerState } from "../protocol/messages.js"
 * @import { RunModel } from "../state/run.js"
 *
 * @typedef {{ get: (name: string) => void, cancel: (name: string) => void, add: () => void,
 *   licence: (name: string) => Promise<string | null> }} TrackerActions
 */
import { formatSize } from "../state/format.js";
import { button, element, icon } from "./element.js";

/** A modal dialog, filled anew whenever a tracker changes. */
export class TrackersDialog {
  #run;
  #actions;
  #isWindow = false;
  #dialog = element("dialog", { class: "dialog trackers", attributes: { "aria-label": "Trackers" } });
  #list = element("ul", { class: "tracker-list" });
  #hardware = element("p", { class: "tracker-hardware caption" });
  #add;
  #hint = element("span", { class: "caption" });

  /**
   * @param {RunModel} run
   * @param {TrackerActions} actions
   */
  constructor(run, actions) {
    this.#run = run;
    this.#actions = actions;
    const close = button({ icon: "close", label: "Close", class: "icon-button", onClick: () => this.#dialog.close() });
    this.#add = button({ icon: "folder", label: "Add a checkpoint file that you have", text: "Add a file…", class: "button is-outlined", onClick: actions.add });
    this.#dialog.append(
      element("header", { class: "dialog-head" }, element("h2", { class: "dialog-title", text: "Trackers" }), close),
      element("div", { class: "tracker-body" }, this.#list, this.#hardware),
      element("footer", { class: "tracker-foot" }, this.#hint, this.#add),
    );
    document.body.append(this.#dialog);
    run.on("trackers", () => this.#dialog.open && this.#update());
  }

  /**
   * @param {boolean} isWindow whether there is a native dialog to choose a file in
   * @param {HardwareState} hardware
   */
  setAbilities(isWindow, hardware) {
    this.#isWindow = isWindow;
    this.#hardware.textContent = `${hardware.summary} ${hardware.advice}`.trim();
  }

  /** Show it. */
  open() {
    this.#update();
    this.#dialog.showModal();
  }

  #update() {
    const focused = document.activeElement?.getAttribute("data-focus");
    this.#add.hidden = !this.#isWindow;
    this.#hint.textContent = "A file from another computer or of your own: drop it on this window.";
    this.#list.replaceChildren(...this.#run.trackers.filter(({ name }) => name !== "auto").map((tracker) => this.#item(tracker)));
    const again = focused ? this.#list.querySelector(`[data-focus="${CSS.escape(focused)}"]`) : null;
    if (again instanceof HTMLElement) {
      again.focus();
    }
  }

  /**
   * @param {TrackerState} tracker
   * @returns {HTMLElement}
   */
  #item(tracker) {
    const head = element(
      "div",
      { class: "tracker-head" },
      element("h3", { class: "tracker-name", text: tracker.name }),
      element("span", { class: "tracker-licence", text: tracker.licence }),
    );
    const words = element("div", { class: "tracker-words" }, head, element("p", { class: "caption", text: tracker.title }));
    const detail = detailOf(tracker);
    if (detail) {
      words.append(element("p", { class: `caption${tracker.error ? " tracker-error" : ""}`, text: detail }));
    }
    if (tracker.state === "downloading" || tracker.state === "checking") {
      const bar = element("progress", { class: "tracker-bar", attributes: { max: "1", "aria-label": `${tracker.name}: download` } });
      bar.value = tracker.n_bytes > 0 ? tracker.n_done / tracker.n_bytes : 0;
      words.append(bar);
    }
    return element("li", { class: "tracker" }, words, this.#action(tracker));
  }

  /**
   * @param {TrackerState} tracker
   * @returns {HTMLElement}
   */
  #action(tracker) {
    if (tracker.is_installed) {
      return element("span", { class: "tracker-state" }, icon("check"), element("span", { text: "Installed" }));
    }
    const isRunning = tracker.state === "downloading" || tracker.state === "checking";
    const node = isRunning
      ? button({ icon: "close", label: "Cancel; what came is kept", text: "Cancel", class: "button is-outlined", onClick: () => this.#actions.cancel(tracker.name) })
      : button({
          icon: "import",
          label: `Download ${tracker.name}`,
          text: tracker.n_done > 0 ? "Go on…" : "Get…",
          class: "button is-primary",
          onClick: () => void this.#askLicence(tracker),
        });
    node.dataset["focus"] = tracker.name;
    node.disabled = tracker.state === "checking";
    return node;
  }

  /** @param {TrackerState} tracker */
  async #askLicence(tracker) {
    const text = await this.#actions.licence(tracker.name);
    if (text !== null) {
      showLicence(tracker, text, () => this.#actions.get(tracker.name));
    }
  }
}

/**
 * @param {TrackerState} tracker
 * @returns {string} what is to be known of its file
 */
function detailOf(tracker) {
  const size = `${formatSize(tracker.n_done)} of ${formatSize(tracker.n_bytes)}`;
  switch (tracker.state) {
    case "downloading":
      return size;
    case "checking":
      return "Checking what came…";
    case "failed":
      return tracker.error ? `${tracker.error.message} ${tracker.error.hint}` : "";
    case "begun":
      return `${size} is here already.`;
    case "absent":
      return `About ${formatSize(tracker.n_bytes)} from ${tracker.publisher}, to ${tracker.place}`;
    default:
      return tracker.place;
  }
}

/**
 * @param {TrackerState} tracker
 * @param {string} text the whole licence
 * @param {() => void} onAccept
 */
function showLicence(tracker, text, onAccept) {
  const dialog = element("dialog", { class: "dialog licence", attributes: { "aria-label": `Licence of ${tracker.name}` } });
  const accept = button({
    icon: "check",
    label: "Accept the licence and download",
    text: "Accept and download",
    class: "button is-primary",
    onClick: () => {
      dialog.close();
      onAccept();
    },
  });
  const refuse = button({ icon: "close", label: "Do not download", text: "No, thanks", class: "button is-outlined", onClick: () => dialog.close() });
  dialog.append(
    element("header", { class: "dialog-head licence-head" }, element("h2", { class: "dialog-title", text: `${tracker.name}: ${tracker.licence}` })),
    element("p", { class: "licence-gist", text: tracker.gist }),
    element("pre", { class: "licence-text", text, attributes: { tabindex: "0", "aria-label": "Text of the licence" } }),
    element("footer", { class: "tracker-foot" }, element("span", { class: "caption", text: tracker.source ?? "" }), refuse, accept),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
