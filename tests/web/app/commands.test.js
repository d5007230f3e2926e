import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandSender } from "../../../talpose_app/web/app/commands.js";
import { RequestError } from "../../../talpose_app/web/net/connection.js";

/** @param {string} code of the refusal */
async function refused(code) {
  const told = [];
  const error = new RequestError({ code, message: "No.", hint: "Try again." });
  const sender = new CommandSender({ request: () => Promise.reject(error) }, { show: (...words) => told.push(words) });
  assert.equal(await sender.send("undo", {}), null);
  return told;
}

test("a refusal is told with its way out", async () => {
  assert.deepEqual(await refused("edit"), [["error", "No.", "Try again."]]);
});

test("what the banner or a dialog tells is not told twice", async () => {
  assert.deepEqual(await refused("disconnected"), []);
  assert.deepEqual(await refused("project_video"), []);
});
