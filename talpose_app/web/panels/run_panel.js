/**
 * TRACK and REFINE, and the run while one watches.
 *
 * @import { CommandName, HeldOutState, RunKind, RunState } from "../protocol/messages.js"
 * @import { ProjectModel } from "../state/project.js"
 * @import { RunModel } from "../state/run.js"
 * @import { Selection } from "../state/selection.js"
 *
 * @typedef {{ node: HTMLButtonElement, hint: HTMLElement, expected: HTMLElement }} BigButton
 * @typedef {{ start: (kind: RunKind) => void, send: (command: CommandName) => void, showTrackers: () => void }} RunActions
 */
import { counted, formatDuration, formatRoughly } from "../state/format.js";
import { formatPx } from "../state/held_out.js";
import { capsOf, shortcutOf } from "../state/keymap.js";
import { expectedTime } from "../state/pace.js";
import { button, element, icon, setIcon, setLabel, setText } from "./element.js";
import { LossChart } from "./loss_chart.js";
import { RunOptions } from "./run_options.js";

const CLOCK_MS = 500;
/** A stage says what is left of it while that is longer, seconds. */
const LONG_S = 3;
/** A first run says beforehand how long it will take if that is longer, seconds. */
const LONG_RUN_S = 20;
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
  #track;
  #refine;
  #progress = element("section", { class: "run-progress", attributes: { "aria-label": "Run" } });
  #title = element("h3", { class: "run-title" });
  #stage = element("p", { class: "run-stage caption" });
  #step = element("span", { class: "run-step" });
  #nSteps = element("span", { class: "run-n-steps caption" });
  #bar = element("progress", { class: "run-bar", attributes: { max: "1", "aria-label": "Progress" } });
  #loss = element("span", { class: "run-loss" });
  #chart = new LossChart();
  #chartBox = element("div", { class: "loss-box" });
  #heldOut = element("div", { class: "run-held-out loss-head caption" });
  #heldOutTitle = element("span");
  #heldOutPx = element("span", { class: "run-loss" });
  #times = element("div", { class: "run-times caption" });
  #elapsed = element("span");
  #remaining = element("span");
  #error = element("div", { class: "run-error", attributes: { role: "alert" } });
  #pause;
  #stop;
  #revert;
  #compare;
  /** Where the card of the next labels goes. */
  nextSlot = element("div");
  /** Where a word of guidance finds room. */
  guideSlot = element("div");
  #buttons = element("div", { class: "run-buttons" });
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
    this.#track = bigButton("track", "track", "Track", () => actions.start("track"));
    this.#refine = bigButton("refine", "refine", "Refine", () => actions.start("refine"));
    this.#pause = this.#small("pause", "Pause", () => this.#togglePause());
    this.#stop = this.#small("stop", "Stop", () => actions.send("stop_run"));
    this.#revert = this.#small("revert", "Revert", () => actions.send("revert_run"));
    this.#compare = this.#compareButton();
    this.#buttons.append(this.#track.node, this.#refine.node);
    setLabel(this.#stop, "Stop and keep the best tracks (X)");
    root.append(element("div", { class: "run-scroll" }, this.#buttons, this.#progress, this.nextSlot, this.guideSlot, this.options.node));
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
    const tools = element("div", { class: "run-tools" }, this.#pause, this.#stop, this.#compare, this.#revert);
    this.#heldOut.append(this.#heldOutTitle, this.#heldOutPx);
    this.#progress.append(head, this.#bar, this.#stage, this.#chartBox, this.#heldOut, this.#times, this.#error, tools, this.#endings);
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
    this.#updateButtons();
    this.#updateProgress();
  }

  #updateButtons() {
    const { project, run } = this.#models;
    const nLabels = project.labels.shown.size;
    this.#buttons.hidden = run.isActive;
    this.options.node.hidden = run.isActive;
    this.#endings.hidden = !run.isActive;
    const isBlocked = run.isActive || project.isReadOnly || nLabels === 0;
    this.#track.node.disabled = isBlocked;
    this.#refine.node.disabled = isBlocked;
    this.#track.node.classList.toggle("is-primary", project.tracks.size === 0);
    this.#refine.node.classList.toggle("is-primary", project.tracks.size > 0);
    const nKeyframes = project.labels.shown.keyframes().length;
    const text = nLabels === 0 ? "Place a label first" : `From ${counted(nLabels, "label")}`;
    this.#showHint("track", this.#track, text);
    this.#showHint("refine", this.#refine, nLabels === 0 ? "From your labels" : `From ${counted(nKeyframes, "frame")}`);
  }

  /**
   * @param {RunKind} kind
   * @param {BigButton} bigButton
   * @param {string} text
   */
  #showHint(kind, { node, hint, expected }, text) {
    const { project, run } = this.#models;
    const isFirst = project.tracks.size === 0 && run.run === null && project.labels.shown.size > 0;
    const time = isFirst ? this.#expectedTime(kind) : null;
    const isLong = time !== null && time.seconds >= LONG_RUN_S;
    setText(hint, text);
    setText(expected, isLong ? `about ${formatRoughly(time.seconds)}` : "");
    const until = kind === "refine" ? "until the first tracks, which then improve step by step" : "from the video to tracks";
    const basis = time?.isMeasured ? "as fast as the last one on this computer" : "by a computer with two cores and no GPU; yours tells after its first run";
    node.title = isLong ? `A first run: about ${formatRoughly(time.seconds)} ${until}, ${basis}. Later ones look only at what changed.` : "";
  }

  /**
   * @param {RunKind} kind
   * @returns {{ seconds: number, isMeasured: boolean } | null}
   */
  #expectedTime(kind) {
    const { project } = this.#models;
    const { tracker = "auto", device = "auto", method, points, start, stop } = this.options.toCommand(kind);
    const isKnown = kind === "track" || method === "talpose";
    const nPoints = points?.length ?? project.points.filter(({ key }) => project.labelsOf(key).length > 0).length;
    const nFrames = (stop ?? project.nFrames) - (start ?? 0);
    return isKnown ? expectedTime(project.paces, { kind, tracker, device, nFrames, nPoints }) : null;
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

  /** @returns {boolean} whether what the last run found is in the project: it was not reverted or undone */
  get #isKept() {
    const { project, run } = this.#models;
    return run.run !== null && project.hasRun(run.run.run_id);
  }

  /** @param {RunState} run */
  #showSteps(run) {
    const isStepped = run.kind === "refine" && run.n_steps > 1;
    setText(this.#step, isStepped ? String(run.step) : "");
    setText(this.#nSteps, isStepped ? `/ ${run.n_steps}` : "");
    this.#chartBox.hidden = run.losses.length === 0;
    const last = run.losses.at(-1);
    setText(this.#loss, last === undefined ? "" : formatLoss(run.losses, last));
    this.#showHeldOut(this.#models.project.heldOutOfRun(run.run_id) ?? run.held_out);
    this.#chart.show(run.losses, this.#models.run.isActive ? run.n_steps : run.losses.length, run.best_step);
  }

  /** @param {HeldOutState | null} error */
  #showHeldOut(error) {
    const isStale = error?.is_stale ?? false;
    this.#heldOut.hidden = error === null;
    this.#heldOut.classList.toggle("is-stale", isStale);
    setText(this.#heldOutTitle, isStale ? "Held-out error, before labels changed" : "Held-out error");
    setText(this.#heldOutPx, error ? formatPx(error.median_px) : "");
    this.#heldOut.title = error?.sentence ?? "";
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

/**
 * @param {"track" | "refine"} id
 * @param {string} iconName
 * @param {string} text
 * @param {() => void} onClick
 * @returns {BigButton}
 */
function bigButton(id, iconName, text, onClick) {
  const hint = element("span", { class: "big-hint" });
  const expected = element("span", { class: "big-expected" });
  const title = element("span", { class: "big-title", text });
  const words = element("span", { class: "big-words" }, element("span", { class: "big-head" }, title, expected), hint);
  const caps = capsOf(shortcutOf(id)?.keys[0] ?? "").map((cap) => (cap === "Shift" ? "⇧" : cap)).join("");
  const node = element("button", {
    class: `big-button is-${id}`,
    attributes: { type: "button", id: `button-${id}` },
    on: { click: onClick },
  });
  node.append(icon(iconName), words, element("kbd", { class: "kbd", text: caps }));
  return { node, hint, expected };
}
