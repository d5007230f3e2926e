import assert from "node:assert/strict";
import { test } from "node:test";
import { leaveProject } from "../../../talpose_app/web/app/leaving.js";

/**
 * @param {boolean} isActive
 * @param {string} answer
 */
async function leave(isActive, answer) {
  const done = [];
  const parts = {
    run: { isActive },
    finish: () => done.push("finish"),
    toasts: { show: () => done.push("tell") },
    ask: async () => (done.push("ask"), answer),
    revert: async () => done.push("revert"),
  };
  await leaveProject(parts, () => done.push("go"));
  return done;
}

test("without a run nothing is asked", async () => {
  assert.deepEqual(await leave(false, ""), ["finish", "go"]);
});

test("a run is kept, discarded, or gone on with, as the user says", async () => {
  assert.deepEqual(await leave(true, "keep"), ["finish", "ask", "go", "tell"]);
  assert.deepEqual(await leave(true, "discard"), ["finish", "ask", "revert", "go"]);
  assert.deepEqual(await leave(true, "stay"), ["finish", "ask"]);
});
