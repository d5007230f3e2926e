import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSync } from "../../../talpose_app/web/app/event_sync.js";
import { Playback } from "../../../talpose_app/web/state/playback.js";
import { ProjectModel } from "../../../talpose_app/web/state/project.js";
import { RunModel } from "../../../talpose_app/web/state/run.js";
import { Selection } from "../../../talpose_app/web/state/selection.js";
import { f4, projectChanged, projectState, track, u1 } from "../state/fixtures.js";

const RUN = { run_id: 1, kind: "track", state: "running", step: 0, n_steps: 1, losses: [], seconds: 0 };

/** @param {object} changes to the project that is opened */
function openedPage(changes = {}) {
  const project = new ProjectModel();
  const run = new RunModel();
  const preferences = { load: () => {} };
  const models = { project, run, playback: new Playback(), selection: new Selection(), preferences, source: null };
  const reopened = [];
  const wanted = [];
  const sync = new EventSync(models, {
    onOpened: () => {},
    onNotice: () => {},
    onRecent: () => {},
    onWelcome: () => {},
    onWanted: (video) => wanted.push(video),
    onRestarted: (entryId) => reopened.push(entryId),
  });
  sync.apply({ type: "project_opened", project: projectState({ tracks: [track(1, 10)], ...changes }) });
  return { sync, project, run, reopened, wanted };
}

/** @param {number} at where the run sees both keypoints in frame 0 */
const update = (at) => ({
  type: "track_update",
  run_id: 1,
  step: 1,
  n_steps: 1,
  loss: null,
  seconds: 1,
  is_best: true,
  start: 0,
  points: [1, 2].map((id) => ({ individual_id: 1, keypoint_id: id })),
  positions: f4([at, at, at, at], [1, 2, 2]),
  visibility: u1([1, 1], [1, 2]),
  confidence: f4([1, 1], [1, 2]),
});

test("tracks of a run that is reverted while it goes on are put back", () => {
  const { sync, project } = openedPage();
  sync.apply({ type: "run_changed", run: RUN });
  sync.apply(update(7));
  assert.equal(project.placedPoint("1:1", 0)?.x, 7);
  sync.apply({ type: "run_changed", run: { ...RUN, state: "done" } });
  assert.equal(project.placedPoint("1:1", 0)?.x, 0);
  assert.equal(project.placedPoint("1:2", 0), null);
});

test("tracks of a run that was kept stay", () => {
  const { sync, project } = openedPage();
  sync.apply({ type: "run_changed", run: RUN });
  sync.apply(update(7));
  sync.apply(projectChanged({ runs: [{ run_id: 1 }] }));
  sync.apply({ type: "run_changed", run: { ...RUN, state: "done" } });
  assert.equal(project.placedPoint("1:1", 0)?.x, 7);
  assert.ok(project.hasRun(1));
  sync.apply(projectChanged({ runs: [] }));
  assert.ok(!project.hasRun(1));
});

test("a page that comes during a run has the tracks before it to compare with", () => {
  const { sync, project, run } = openedPage({ run: RUN });
  sync.apply(update(7));
  run.isComparing = true;
  assert.ok(run.isComparing);
  assert.equal(project.placedPoint("1:1", 0, run.before)?.x, 0);
});

const WELCOME = { type: "welcome", trackers: [], recent: [], project: null, wanted: null };

test("a restarted app is asked to open the project again, and keeps the changes that wait", () => {
  const { sync, project, reopened } = openedPage();
  const place = { individual_id: 1, keypoint_id: 1, frame_idx: 3 };
  project.beginLabelEdit({ title: "", set: [{ ...place, x: 5, y: 6, visibility: "visible" }], deleted: [] });
  sync.apply({ ...WELCOME, recent: [{ entry_id: "a", name: project.name, folder: project.folder, opened_at: "" }] });
  assert.deepEqual(reopened, ["a"]);
  sync.apply({ type: "project_opened", project: projectState() });
  assert.equal(project.placedPoint("1:1", 3)?.x, 5);
  assert.equal(project.labels.pending.length, 1);
});

test("a restarted app that does not know the project leaves the page without one", () => {
  const { sync, project, reopened } = openedPage();
  sync.apply(WELCOME);
  assert.deepEqual(reopened, []);
  assert.ok(!project.isOpen);
});

test("a video that is wanted is told when it comes to that, and to a page that comes later", () => {
  const { sync, project, wanted } = openedPage();
  sync.apply({ type: "video_wanted", wanted: { name: "walk.mp4" } });
  assert.ok(project.isOpen);
  sync.apply({ ...WELCOME, wanted: { name: "walk.mp4" } });
  sync.apply({ type: "video_wanted", wanted: null });
  assert.deepEqual(wanted.map((video) => video?.name ?? null), ["walk.mp4", "walk.mp4", null]);
});
