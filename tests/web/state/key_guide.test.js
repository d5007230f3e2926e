import assert from "node:assert/strict";
import { test } from "node:test";
import { GUIDE_SECTIONS } from "../../../talpose_app/web/state/key_guide.js";
import { capsOf, SHORTCUTS } from "../../../talpose_app/web/state/keymap.js";

const rows = GUIDE_SECTIONS.flatMap((section) => section.rows);

test("every key is there once, the nudges as one line for each step", () => {
  const shown = rows.flatMap(({ chords }) => chords.map((caps) => caps.join("+")));
  for (const { id, keys } of SHORTCUTS.filter((shortcut) => !shortcut.id.startsWith("nudge_"))) {
    assert.ok(keys.every((key) => shown.includes(capsOf(key).join("+"))), id);
  }
  assert.equal(rows.filter(({ text }) => text.startsWith("Nudge")).length, 2);
});

test("sections have a name of their own, and something in them", () => {
  assert.equal(new Set(GUIDE_SECTIONS.map(({ id }) => id)).size, GUIDE_SECTIONS.length);
  assert.ok(GUIDE_SECTIONS.every(({ title, rows: all }) => title && all.length > 0));
});
