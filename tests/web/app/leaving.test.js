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
    labeling: { finishNudge: () => done.push("finish nudge") },
    toasts: { show: () => done.push("tell") },
    ask: async () => (done.push("ask"), answer),
    revert: async () => done.push("revert"),
  };
  await leaveProject(parts, () => done.push("go"));
  return done;
}

test("without a run nothing is asked", async () => {
  assert.deepEqual(await leave(false, ""), ["finish nudge", "go"]);
});

test("a run is kept, discarded, or gone on with, as the user says", async () => {
  assert.deepEqual(await leave(true, "keep"), ["finish nudge", "ask", "go", "tell"]);
  assert.deepEqual(await leave(true, "discard"), ["finish nudge", "ask", "revert", "go"]);
  assert.deepEqual(await leave(true, "stay"), ["finish nudge", "ask"]);
});
