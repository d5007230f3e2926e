/**
 * TRACK and REFINE, and the run while one watches.
 *
 * @import { CommandName, RunKind, RunState } from "../protocol/messages.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 *
 * @typedef {{ start: (kind: RunKind) => void, send: (command: CommandName) => void, showTrackers: () => void }} RunActions
 */
import { formatDuration } from "../state/format.js";
import { button, element, setIcon, setLabel, setText } from "./element.js";
import { HeldOutRow } from "./held_out_row.js";
import { LossChart } from "./loss_chart.js";
import { RunButtons } from "./run_buttons.js";
import { RunOptions } from "./run_options.js";

const CLOCK_MS = 500;
/** A stage says what is left of it while that is longer, seconds. */
const LONG_S = 3;
/** What the engine calls its stages, in words. @type {Record<string, string>} */
const STAGE_TITLES = {
  "loading tracker": "Loading the tracker",
  "opening video": "Opening the video",
  features: "Looking at the video",
  paths: "Finding paths through your labels",
  network: "Following with the network",
  "held-out labels": "Checking itself on your labels",
};
/** Before the engine says what it does: it may have to load its libraries first. */
const STARTING_TITLE = "Starting the engine; the first run takes longest";
const KIND_TITLES = { track: "Track", refine: "Refine" };
const DONE_TITLES = { track: "Tracked", refine: "Refined" };

/** The panel on the right. */
export class RunPanel {
  #models;
  #actions;
  options;
  #buttons;
  #progress = element("section", { class: "run-progress", attributes: { "aria-label": "Run" } });
  #title = element("h3", { class: "run-title" });
  #stage = element("p", { class: "run-stage caption" });
  #step = element("span", { class: "run-step" });
  #nSteps = element("span", { class: "run-n-steps caption" });
  #bar = element("progress", { class: "run-bar", attributes: { max: "1", "aria-label": "Progress" } });
  #loss = element("span", { class: "run-loss" });
  #chart = new LossChart();
  #chartBox = element("div", { class: "loss-box" });
  #heldOut = new HeldOutRow();
  #times = element("div", { class: "run-times caption" });
  #elapsed = element("span");
  #remaining = element("span");
  #error = element("div", { class: "run-error", attributes: { role: "alert" } });
  #pause;
  #stop;
  #revert;
  #putBack;
  #compare;
  /** Where the card of the next labels goes. */
  nextSlot = element("div");
  /** Where a word of guidance finds room. */
  guideSlot = element("div");
  #endings = element("p", { class: "caption", text: "Stop keeps the best tracks. Revert puts the old ones back." });

  /**
   * @param {HTMLElement} root
   * @param {{ project: ProjectModel, run: RunModel, selection: Selection }} models
   * @param {RunActions} actions
   */
  constructor(root, models, actions) {
    this.#models = models;
    this.#actions = actions;
    this.options = new RunOptions(models.run, models.selection, actions.showTrackers);
    this.#buttons = new RunButtons(models, this.options, actions.start);
    this.#pause = this.#small("pause", "Pause", () => this.#togglePause());
    this.#stop = this.#small("stop", "Stop", () => actions.send("stop_run"));
    this.#revert = this.#small("revert", "Revert", () => actions.send("revert_run"));
    this.#putBack = this.#small("redo", "Put back", () => this.#putTracksBack());
    setLabel(this.#putBack, "Put this run's tracks back into the project");
    this.#compare = this.#compareButton();
    setLabel(this.#stop, "Stop and keep the best tracks (X)");
    root.append(element("div", { class: "run-scroll" }, this.#buttons.node, this.#progress, this.nextSlot, this.guideSlot, this.options.node));
    this.#fillProgress();
    this.#observe();
    setInterval(() => this.#tickClock(), CLOCK_MS);
  }

  /** Another theme: draw with its colors. */
  onTheme() {
    this.#chart.redraw();
  }

  #fillProgress() {
    const head = element("div", { class: "run-head" }, this.#title, element("span", { class: "spring" }), this.#step, this.#nSteps);
    this.#times.append(this.#elapsed, this.#remaining);
    const lossHead = element("div", { class: "loss-head caption" }, element("span", { text: "Loss" }), this.#loss);
    this.#chartBox.append(lossHead, this.#chart.node);
    const tools = element("div", { class: "run-tools" }, this.#pause, this.#stop, this.#compare, this.#revert, this.#putBack);
    this.#progress.append(head, this.#bar, this.#stage, this.#chartBox, ...this.#heldOut.nodes, this.#times, this.#error, tools, this.#endings);
  }

  #observe() {
    const { project, run, selection } = this.#models;
    const update = () => this.#update();
    for (const name of /** @type {const} */ (["opened", "labels", "points", "history", "save"])) {
      project.on(name, update);
    }
    run.on("run", update);
    run.on("update", () => this.#updateProgress());
    run.on("compare", () => this.#compare.setAttribute("aria-pressed", String(run.isComparing)));
    selection.on("point", update);
    selection.on("range", update);
    this.options.node.addEventListener("change", update);
  }

  #update() {
    const { isActive } = this.#models.run;
    this.#buttons.node.hidden = isActive;
    this.options.node.hidden = isActive;
    this.#endings.hidden = !isActive;
    this.#buttons.update();
    this.#updateProgress();
  }

  #updateProgress() {
    const { run } = this.#models.run;
    this.#progress.hidden = run === null;
    if (run) {
      this.#showState(run);
      this.#showSteps(run);
      this.#showTools(run);
      this.#tickClock();
    }
  }

  /** @param {RunState} run */
  #showState(run) {
    this.#progress.dataset["state"] = run.state;
    const isActive = this.#models.run.isActive;
    setText(this.#title, titleOf(run, this.#isKept));
    const byWhom = [run.tracker, run.device.toUpperCase(), formatDuration(run.seconds)].filter(Boolean).join("  ·  ");
    setText(this.#stage, isActive ? stageOf(run) : byWhom);
    this.#stage.hidden = run.state === "failed" || this.#stage.textContent === this.#title.textContent;
    this.#times.hidden = !isActive;
    this.#bar.hidden = !isActive;
    this.#showBar(run);
    this.#error.hidden = run.error === null;
    if (run.error) {
      this.#error.replaceChildren(
        element("strong", { text: run.error.message }),
        element("span", { text: run.error.hint }),
      );
    }
  }

  /** @param {RunState} run */
  #showBar(run) {
    const overall = run.n_steps > 1 && run.step > 0 ? run.step / run.n_steps : run.fraction;
    if (run.state === "starting" || (run.step === 0 && overall === 0)) {
      this.#bar.removeAttribute("value");
    } else {
      this.#bar.value = Math.min(1, Math.max(0, overall));
    }
  }

  get #isKept() {
    const { project, run } = this.#models;
    return run.isKeptIn(project);
  }

  /**
   * Numbers of tracks that are not on the screen would be taken for those that are.
   *
   * @param {RunState} run
   */
  #showSteps(run) {
    const { isActive } = this.#models.run;
    const isShown = isActive || this.#isKept || run.state === "failed";
    const isStepped = isShown && run.kind === "refine" && run.n_steps > 1;
    setText(this.#step, isStepped ? String(run.step) : "");
    setText(this.#nSteps, isStepped ? `/ ${run.n_steps}` : "");
    this.#heldOut.show(isShown ? (this.#models.project.heldOutOfRun(run.run_id) ?? run.held_out) : null);
    this.#showLoss(run, isShown);
  }

  /**
   * @param {RunState} run
   * @param {boolean} isShown
   */
  #showLoss({ losses, n_steps: nSteps, best_step: bestStep }, isShown) {
    const last = losses.at(-1);
    this.#chartBox.hidden = !isShown || last === undefined;
    if (isShown && last !== undefined) {
      setText(this.#loss, formatLoss(losses, last));
      this.#chart.show(losses, this.#models.run.isActive ? nSteps : losses.length, bestStep);
    }
  }

  /** @param {RunState} run */
  #showTools(run) {
    const { isActive } = this.#models.run;
    const isPaused = run.state === "paused";
    const isEnding = run.state === "stopping";
    this.#pause.hidden = !isActive;
    this.#stop.hidden = !isActive;
    this.#pause.disabled = isEnding || run.state === "starting";
    this.#stop.disabled = isEnding;
    this.#revert.disabled = isEnding;
    this.#hideWhatHasNoBefore(run);
    setIcon(this.#pause, isPaused ? "play" : "pause");
    setLabel(this.#pause, isPaused ? "Resume" : "Pause");
    setText(/** @type {Element} */ (this.#pause.querySelector("span")), isPaused ? "Resume" : "Pause");
    setLabel(this.#revert, isActive ? "Stop and put the tracks back as they were" : "Put the tracks back as they were before this run");
  }

  /** @param {RunState} run */
  #hideWhatHasNoBefore(run) {
    const { isActive, before } = this.#models.run;
    const canGoBack = isActive || (this.#isKept && before !== null);
    this.#revert.hidden = run.state === "failed" || !canGoBack;
    this.#compare.hidden = !canGoBack || before === null || before.size === 0;
    this.#putBack.hidden = this.#models.project.isReadOnly || this.#wayBack === null;
  }

  get #wayBack() {
    const { project, run } = this.#models;
    return run.wayBack(project);
  }

  #putTracksBack() {
    const way = this.#wayBack;
    if (way) {
      this.#actions.send(way);
    }
  }

  #tickClock() {
    const { run, heardAt, isActive } = this.#models.run;
    if (!run || this.#progress.hidden) {
      return;
    }
    const isCounting = run.state === "running" || run.state === "starting";
    const since = isCounting ? (performance.now() - heardAt) / 1000 : 0;
    setText(this.#elapsed, formatDuration(run.seconds + since));
    setText(this.#remaining, isActive ? this.#timeLeft(since) : "");
  }

  /**
   * @param {number} since seconds since the last word of the run
   * @returns {string} empty while unknown, and where a stage is soon done
   */
  #timeLeft(since) {
    const { run, remainingSeconds, stageRemainingSeconds } = this.#models.run;
    const ofRun = remainingSeconds - since;
    if (run?.kind === "refine" && Number.isFinite(ofRun)) {
      return `about ${formatDuration(Math.max(0, ofRun))} left`;
    }
    const ofStage = stageRemainingSeconds - since;
    return ofStage >= LONG_S ? `about ${formatDuration(ofStage)} left of this` : "";
  }

  #togglePause() {
    this.#actions.send(this.#models.run.run?.state === "paused" ? "resume_run" : "pause_run");
  }

  /**
   * @param {string} iconName
   * @param {string} text
   * @param {() => void} onClick
   * @returns {HTMLButtonElement}
   */
  #small(iconName, text, onClick) {
    return button({ icon: iconName, label: text, text, class: "button is-outlined is-compact", onClick });
  }

  /** @returns {HTMLButtonElement} shows the tracks before the run while it is held */
  #compareButton() {
    const { run } = this.#models;
    const node = this.#small("compare", "Before", () => {});
    setLabel(node, "Hold to see the tracks before this run (B)");
    /** @param {boolean} isHeld */
    const hold = (isHeld) => {
      run.isComparing = isHeld;
    };
    node.addEventListener("pointerdown", () => hold(true));
    for (const name of /** @type {const} */ (["pointerup", "pointerleave", "pointercancel"])) {
      node.addEventListener(name, () => hold(false));
    }
    node.addEventListener("keydown", (event) => hold(event.key === " " || event.key === "Enter"));
    node.addEventListener("keyup", () => hold(false));
    return node;
  }
}

/**
 * @param {RunState} run
 * @returns {string}
 */
function stageOf(run) {
  return run.stage === "" ? STARTING_TITLE : (STAGE_TITLES[run.stage] ?? run.stage);
}

/**
 * @param {RunState} run
 * @param {boolean} isKept
 * @returns {string}
 */
function titleOf(run, isKept) {
  const kind = KIND_TITLES[run.kind];
  switch (run.state) {
    case "starting":
      return `${kind}: starting`;
    case "running":
      return run.kind === "track" ? "Tracking" : "Refining";
    case "paused":
      return "Paused";
    case "stopping":
      return "Stopping";
    case "failed":
      return `${kind} failed`;
    default:
      return isKept ? DONE_TITLES[run.kind] : `${DONE_TITLES[run.kind]}, not kept`;
  }
}

/**
 * @param {number[]} losses
 * @param {number} last
 * @returns {string}
 */
function formatLoss(losses, last) {
  const first = losses[0] ?? last;
  return losses.length > 1 ? `${first.toPrecision(3)} → ${last.toPrecision(3)}` : last.toPrecision(3);
}
