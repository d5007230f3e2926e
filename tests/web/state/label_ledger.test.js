import assert from "node:assert/strict";
import { test } from "node:test";
import { LabelLedger } from "../../../talpose_app/web/state/label_ledger.js";
import { label } from "./fixtures.js";

const KEY = "1:1";

/** @param {object[]} set @param {object[]} deleted */
const edit = (set, deleted = []) => ({ title: "", set, deleted });

test("an edit shows at once and stays after it is settled", () => {
  const ledger = new LabelLedger();
  const pending = ledger.begin(edit([label(1, 3, 5, 6)]));
  assert.equal(ledger.shown.get(KEY, 3).x, 5);
  ledger.settle(pending, true);
  assert.equal(ledger.shown.get(KEY, 3).x, 5);
  assert.equal(ledger.pending.length, 0);
});

test("a refused edit disappears and what was confirmed comes back", () => {
  const ledger = new LabelLedger();
  ledger.load([label(1, 3, 5, 6)]);
  const moved = ledger.begin(edit([label(1, 3, 9, 9)]));
  const removed = ledger.begin(edit([], [label(1, 3)]));
  assert.equal(ledger.shown.get(KEY, 3), null);
  ledger.settle(removed, false);
  assert.equal(ledger.shown.get(KEY, 3).x, 9);
  ledger.settle(moved, false);
  assert.equal(ledger.shown.get(KEY, 3).x, 5);
});

test("an older event does not undo a newer edit on the screen", () => {
  const ledger = new LabelLedger();
  const first = ledger.begin(edit([label(1, 0, 1, 1)]));
  const second = ledger.begin(edit([label(1, 0, 2, 2)]));
  ledger.applyServer([label(1, 0, 1, 1)], []);
  ledger.settle(first, true);
  assert.equal(ledger.shown.get(KEY, 0).x, 2);
  ledger.applyServer([label(1, 0, 2, 2)], []);
  ledger.settle(second, true);
  assert.equal(ledger.shown.get(KEY, 0).x, 2);
});

test("edits that the server never answered survive a new start of the line", () => {
  const ledger = new LabelLedger();
  ledger.begin(edit([label(1, 4, 8, 8)]));
  ledger.load([label(2, 0)]);
  assert.equal(ledger.shown.get(KEY, 4).x, 8);
  assert.equal(ledger.pending.length, 1);
  ledger.forgetPending();
  ledger.load([label(2, 0)]);
  assert.equal(ledger.shown.get(KEY, 4), null);
});

test("frames with labels come in order, whatever the order of placing", () => {
  const ledger = new LabelLedger();
  ledger.load([label(1, 7), label(1, 2), label(2, 5), label(1, 4)]);
  assert.deepEqual(ledger.shown.frames(KEY), [2, 4, 7]);
  assert.deepEqual(ledger.shown.keyframes(), [2, 4, 5, 7]);
  ledger.applyServer([], [label(1, 4)]);
  assert.deepEqual(ledger.shown.frames(KEY), [2, 7]);
  assert.equal(ledger.shown.size, 3);
});
