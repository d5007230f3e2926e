/**
 * Wires the page together. No logic here.
 *
 * @import { CommandName, Commands, RunKind } from "./protocol/messages.js"
 * @import { ActionId } from "./state/keymap.js"
 * @import { MsgpackLibrary } from "./protocol/codec.js"
 */
import { makeActions } from "./app/actions.js";
import { CommandSender } from "./app/commands.js";
import { EventSync } from "./app/event_sync.js";
import { acceptDrops } from "./app/file_drop.js";
import { FilterPreviewer } from "./app/filter_preview.js";
import { returnFocus } from "./app/focus.js";
import { Keyboard } from "./app/keyboard.js";
import { KeypointTaking } from "./app/keypoint_taking.js";
import { leaveProject } from "./app/leaving.js";
import { keepNudges } from "./app/nudge_sync.js";
import { mirrorState } from "./app/page_attributes.js";
import { ProjectCommands } from "./app/project_commands.js";
import { keepSuggestions } from "./app/suggestion_sync.js";
import { VideoSearch } from "./app/video_search.js";
import { rememberView } from "./app/view_sync.js";
import { Stage } from "./canvas/stage.js";
import { Connection } from "./net/connection.js";
import { Banner } from "./panels/banner.js";
import { BrowseDialog } from "./panels/browse_dialog.js";
import { byId } from "./panels/element.js";
import { FilterPanel } from "./panels/filter_panel.js";
import { FindVideoDialog } from "./panels/find_video_dialog.js";
import { HelpDialog } from "./panels/help_dialog.js";
import { KeypointList } from "./panels/keypoint_list.js";
import { askToLeave } from "./panels/leave_dialog.js";
import { NextPanel } from "./panels/next_panel.js";
import { PointCard } from "./panels/point_card.js";
import { RunPanel } from "./panels/run_panel.js";
import { ShortcutsDialog } from "./panels/shortcuts_dialog.js";
import { SideTabs } from "./panels/side_tabs.js";
import { StageHud } from "./panels/stage_hud.js";
import { StartScreen } from "./panels/start_screen.js";
import { StatusBar } from "./panels/status_bar.js";
import { Timeline } from "./panels/timeline.js";
import { Toasts } from "./panels/toasts.js";
import { Toolbar } from "./panels/toolbar.js";
import { TrackersDialog } from "./panels/trackers_dialog.js";
import { Transport } from "./panels/transport.js";
import { Codec } from "./protocol/codec.js";
import { FilterModel } from "./state/filters.js";
import { Labeling } from "./state/labeling.js";
import { Playback } from "./state/playback.js";
import { PreferencesModel } from "./state/preferences.js";
import { ProjectModel } from "./state/project.js";
import { RunModel } from "./state/run.js";
import { Selection } from "./state/selection.js";
import { SuggestionModel } from "./state/suggestions.js";
import { TimeAxis } from "./geometry/time_axis.js";
import { followTheme } from "./theme_switch.js";
import { ToolHost } from "./tools/tool_host.js";

const library = /** @type {{ MessagePack: MsgpackLibrary }} */ (/** @type {unknown} */ (globalThis)).MessagePack;
const socketUrl = new URL("socket", location.href);
socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";

const connection = new Connection(socketUrl.href, new Codec(library));
const toasts = new Toasts(byId("toasts", HTMLElement));
const commands = new CommandSender(connection, toasts);
const project = new ProjectModel();
const selection = new Selection();
const playback = new Playback();
const run = new RunModel();
const preferences = new PreferencesModel(localStorage);
const filters = new FilterModel();
const suggestions = new SuggestionModel();
const models = { project, selection, playback, run, preferences, filters, suggestions };

const labeling = new Labeling({ project, link: commands, onFailure: (error) => commands.report(error) });
const stage = new Stage(byId("stage", HTMLElement), models, commands);
const projectCommands = new ProjectCommands(commands, toasts);
const help = new HelpDialog();
const shortcuts = new ShortcutsDialog(() => void help.open());
const browser = new BrowseDialog({
  list: (entryId) => commands.send("browse", { entry_id: entryId }),
  open: (entryId) => openBy(() => commands.send("open_entry", { entry_id: entryId })),
});

const trackers = new TrackersDialog(run, {
  get: (name) => void commands.send("get_tracker", { name, has_accepted: true }),
  cancel: (name) => void commands.send("cancel_tracker", { name }),
  add: () => void commands.send("add_tracker", {}),
  licence: async (name) => (await commands.send("show_licence", { name }))?.text ?? null,
});

let mode = "browser";

const search = new VideoSearch({
  dialog: new FindVideoDialog({ find: () => search.find(), giveUp: () => search.giveUp() }),
  isWindow: () => mode === "window",
  browse: (task) => void browser.open(task),
  request: (projectId, entryId) => commands.request("find_video", { project_id: projectId, entry_id: entryId }),
  giveUp: (projectId) => void commands.send("give_up_video", { project_id: projectId }),
});

const taking = new KeypointTaking({
  isWindow: () => mode === "window",
  browse: (task) => void browser.open(task),
  request: (entryId) => commands.send("take_keypoints", { entry_id: entryId }),
  onTaken: () => {
    selection.isAdding = false;
    if (selection.point === null) {
      act("next_point"); // A click on the picture places it.
    }
  },
});

const revert = () => commands.send("revert_run", {});
/** @param {() => void} go */
const leave = (go) => void leaveProject({ run, toasts, finish, ask: askToLeave, revert }, go);
const finish = () => {
  labeling.finishNudge();
  sendView();
};

/** @param {() => Promise<unknown>} open */
function openBy(open) {
  toasts.clear();
  start.setBusy("Opening…");
  void open().finally(() => start.setBusy(""));
}

function openFile() {
  if (mode === "window") {
    openBy(() => commands.send("open_dialog", { kind: "any" }));
  } else {
    void browser.open();
  }
}

/** @param {RunKind} kind */
function startRun(kind) {
  labeling.finishNudge();
  selection.isAdding = false;
  if (!run.isActive && !project.isReadOnly) {
    void commands.send("start_run", runPanel.options.toCommand(kind));
  }
}

/** @param {CommandName} command one without fields */
function send(command) {
  void commands.send(command, /** @type {Commands[typeof command]} */ ({}));
}

/**
 * @param {ActionId} id
 * @param {boolean} isHeld
 */
function act(id, isHeld = false) {
  actions[id](isHeld);
}

const cycleTheme = () => toasts.show("info", `Theme: ${nextTheme()}`);
const start = new StartScreen(byId("start", HTMLElement), {
  openFile,
  openSample: () => openBy(() => commands.send("open_sample", {})),
  openRecent: (entryId) => openBy(() => commands.send("open_entry", { entry_id: entryId })),
  cycleTheme,
  showTrackers: () => trackers.open(),
  showHelp: () => void help.open(),
});
const toolbar = new Toolbar(byId("toolbar", HTMLElement), models, {
  act,
  cycleTheme,
  closeProject: () => leave(() => send("close_project")),
  takeOver: () => send("take_over"),
  exportFile: (format) => void projectCommands.exportFile(format),
  importFile: (format) => void commands.send("import_file", { format }),
});
const keypointPanel = byId("keypoints", HTMLElement);
const keypointList = new KeypointList(keypointPanel, models, {
  ...projectCommands.keypointActions(),
  select: (key) => {
    selection.point = key;
  },
  startAdding: () => act("new_point"),
  takeKeypoints: (entryId) => void taking.take(entryId),
  chooseKeypoints: () => taking.choose(),
});
new PointCard(keypointPanel, models, act);
const side = new SideTabs(byId("run", HTMLElement), models);
const runPanel = new RunPanel(side.tracking, models, { start: startRun, send, showTrackers: () => trackers.open() });
runPanel.nextSlot.append(new NextPanel(models, act).node);
keepSuggestions(models, () => commands.request("get_suggestions", { count: 60 }));
const previewer = new FilterPreviewer(models, {
  preview: (filter) => commands.request("preview_filter", { filter }),
  apply: (filter) => commands.send("apply_filter", { filter }),
});
new FilterPanel(side.filtering, models, { apply: () => void previewer.apply() });
const hud = new StageHud(byId("hud", HTMLElement), runPanel.guideSlot, models);
const timelineRoot = byId("timeline", HTMLElement);
const transport = new Transport(timelineRoot, models, {
  act,
  showWhole: () => timeline.setAxis(TimeAxis.whole(project.nFrames, timeline.axis.width)),
});
const timeline = new Timeline(timelineRoot, models);
const status = new StatusBar(byId("status", HTMLElement), models, stage.viewport);
const onBlocked = () => hud.flashBlocked();
const tools = new ToolHost({ stage, project, selection, playback, labeling, onBlocked }, (at) => status.showPointer(at));

const actions = makeActions({
  ...models,
  labeling,
  stage,
  send,
  startRun,
  onBlocked,
  cancelTool: () => tools.cancel(),
  placeInView: () => tools.placeInView(),
  renamePoint: (key) => keypointList.rename(key),
  focusFrame: () => transport.focusFrame(),
  showShortcuts: () => shortcuts.toggle(),
  showHelp: () => void help.toggle(),
  notify: (message, hint) => toasts.show("info", message, hint),
});
new Keyboard({
  act,
  isActive: (id) => project.isOpen || id === "help" || id === "shortcuts",
  holdSpace: (isHeld) => tools.holdSpace(isHeld),
  hasPanned: () => tools.hasPanned,
});

const nextTheme = followTheme(preferences, () => {
  timeline.onTheme();
  runPanel.onTheme();
});
stage.source.on("failed", (error) => commands.report(error));
mirrorState(document.body, models);
keepNudges({ labeling, selection, playback });
const sendView = rememberView(models, (view) => void commands.send("set_view", { view }));
acceptDrops({
  isWindow: () => mode === "window",
  onUploaded: (entryId) => {
    if (search.isOn) {
      void search.choose(entryId);
    } else {
      leave(() => openBy(() => commands.send("open_entry", { entry_id: entryId })));
    }
  },
  onProgress: (text) => start.setBusy(text),
  onFailed: (message) => notify("error", message, ""),
});

/**
 * @param {"info" | "warning" | "error"} level
 * @param {string} message
 * @param {string} hint
 */
function notify(level, message, hint) {
  if (!search.tell(level, `${message} ${hint}`.trim())) {
    toasts.show(level, message, hint);
  }
}

/** @param {string} screen */
function showScreen(screen) {
  document.body.dataset["screen"] = screen;
}

const sync = new EventSync(
  { ...models, source: stage.source },
  {
    onWelcome: (welcome) => {
      mode = welcome.mode;
      filters.filters = welcome.filters;
      browser.forget();
      trackers.setAbilities(mode === "window", welcome.hardware);
      start.setVersion(welcome.app_version);
      toolbar.setAbilities({
        mode,
        exportFormats: welcome.export_formats,
        importFormats: welcome.import_formats,
      });
    },
    onRecent: (recent) => {
      start.setRecent(recent);
      keypointList.setRecent(recent);
    },
    onRestarted: (entryId, giveUp) => {
      void commands.send("open_entry", { entry_id: entryId }).then((reply) => reply ?? giveUp());
    },
    onNotice: notify,
    onWanted: (wanted) => search.set(wanted),
    onOpened: (isSame) => {
      showScreen("project");
      document.title = `${project.name} – TALPose`;
      if (isSame) {
        stage.source.restart();
        labeling.resend();
      } else {
        stage.openVideo();
        stage.element.focus({ preventScroll: true });
      }
    },
  },
);
project.on("closed", () => {
  showScreen("start");
  document.title = "TALPose";
  stage.source.reset(null);
});

new Banner(byId("banner", HTMLElement), connection, project);
connection.on("link", (link) => {
  if (link !== "connecting") {
    toolbar.setConnected(link === "open");
  }
});
connection.on("event", (event) => sync.apply(event));

returnFocus(stage.element, () => project.isOpen);
connection.open();
