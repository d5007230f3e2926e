import assert from "node:assert/strict";
import { test } from "node:test";
import { KeypointTaking } from "../../../talpose_app/web/app/keypoint_taking.js";

/** @param {{ isWindow?: boolean, answer?: unknown }} options */
function taking({ isWindow = false, answer = { type: "done", revision: 3 } } = {}) {
  const done = [];
  const tasks = [];
  const made = new KeypointTaking({
    isWindow: () => isWindow,
    browse: (task) => tasks.push(task),
    request: async (entryId) => {
      done.push(entryId);
      return answer;
    },
    onTaken: () => done.push("taken"),
  });
  return { made, done, tasks };
}

test("in the window the native dialog is asked for", async () => {
  const { made, done, tasks } = taking({ isWindow: true });
  made.choose();
  await new Promise(setImmediate);
  assert.deepEqual(done, [null, "taken"]);
  assert.deepEqual(tasks, []);
});

test("in a browser projects are listed, and the chosen one's keypoints taken", async () => {
  const { made, done, tasks } = taking();
  made.choose();
  assert.deepEqual(tasks[0].kinds, ["folder", "project"]);
  assert.deepEqual(done, []);
  tasks[0].choose("p1");
  await new Promise(setImmediate);
  assert.deepEqual(done, ["p1", "taken"]);
});

test("what was refused, cancelled or here already selects nothing", async () => {
  for (const answer of [null, { type: "done", revision: null }]) {
    const { made, done } = taking({ answer });
    await made.take("p1");
    assert.deepEqual(done, ["p1"]);
  }
});
