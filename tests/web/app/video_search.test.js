import assert from "node:assert/strict";
import { test } from "node:test";
import { VideoSearch } from "../../../talpose_app/web/app/video_search.js";

const WANTED = { project: "walk", name: "walk.mp4", place: "/v/walk.mp4", reason: "It is missing.", project_id: "p1", folder_id: "f1" };

/** @param {{ isWindow?: boolean, request?: (projectId: string, entryId: string | null) => Promise<unknown> }} options */
function searching({ isWindow = false, request } = {}) {
  const done = [];
  const tasks = [];
  const search = new VideoSearch({
    isWindow: () => isWindow,
    dialog: {
      show: ({ name }) => done.push(`show ${name}`),
      hide: () => done.push("hide"),
      setError: (text) => done.push(`error: ${text}`),
      setBusy: (text) => done.push(`busy: ${text}`),
    },
    browse: (task) => tasks.push(task),
    request: request ?? (async (projectId, entryId) => done.push(`ask ${projectId} ${entryId}`)),
    giveUp: (projectId) => done.push(`give up ${projectId}`),
  });
  return { search, done, tasks };
}

test("the dialog is there as long as a video is wanted", () => {
  const { search, done } = searching();
  assert.ok(!search.isOn);
  search.find();
  search.set(WANTED);
  assert.ok(search.isOn);
  search.set(null);
  assert.ok(!search.isOn);
  assert.deepEqual(done, ["show walk.mp4", "hide"]);
});

test("in the window the native dialog is asked for", async () => {
  const { search, done, tasks } = searching({ isWindow: true });
  search.set(WANTED);
  search.find();
  await new Promise(setImmediate);
  assert.deepEqual(tasks, []);
  assert.deepEqual(done, ["show walk.mp4", "error: ", "busy: Choose the file; it is checked then.", "ask p1 null", "busy: "]);
});

test("in a browser videos are listed, from the project's folder on and then from where one was", async () => {
  const { search, done, tasks } = searching();
  search.set(WANTED);
  search.find();
  search.find();
  assert.deepEqual(tasks.map(({ startId }) => startId), ["f1", null]);
  assert.deepEqual(tasks[0].kinds, ["folder", "video"]);
  assert.equal(tasks[0].title, "Find walk.mp4");
  tasks[0].choose("e7");
  await new Promise(setImmediate);
  assert.ok(done.includes("ask p1 e7"));
});

test("a file that is refused is told in the dialog, a lost line by its banner", async () => {
  const refusal = { isDisconnected: false, message: "It has 7 frames.", hint: "Choose another." };
  const { search, done } = searching({ request: () => Promise.reject(refusal) });
  search.set(WANTED);
  await search.choose("e7");
  assert.deepEqual(done.slice(-2), ["error: It has 7 frames. Choose another.", "busy: "]);
  refusal.isDisconnected = true;
  await search.choose("e7");
  assert.deepEqual(done.slice(-2), ["error: ", "busy: "]);
});

test("one file is checked at a time", async () => {
  const asked = [];
  const { search } = searching({ request: async (projectId, entryId) => asked.push(entryId) });
  search.set(WANTED);
  await Promise.all([search.choose("e1"), search.choose("e2")]);
  await search.choose("e3");
  assert.deepEqual(asked, ["e1", "e3"]);
});

test("only while it is open does the dialog tell of what went wrong elsewhere", () => {
  const { search, done } = searching();
  assert.ok(!search.tell("error", "No."));
  search.set(WANTED);
  assert.ok(!search.tell("info", "Yes."));
  assert.ok(search.tell("error", "No."));
  assert.deepEqual(done, ["show walk.mp4", "error: No."]);
});

test("a file chosen for one project is never taken for the one that is asked for by then", async () => {
  const { search, done, tasks } = searching();
  search.set(WANTED);
  search.find();
  search.set({ ...WANTED, project: "run", name: "run.mp4", project_id: "p2" });
  tasks[0].choose("e7");
  await new Promise(setImmediate);
  assert.ok(done.includes("ask p1 e7"));
  search.giveUp();
  assert.equal(done.at(-1), "give up p2");
  search.set(null);
  search.giveUp();
  await search.choose("e8");
  assert.equal(done.at(-1), "hide");
});
