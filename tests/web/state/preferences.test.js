import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS, PreferencesModel } from "../../../talpose_app/web/state/preferences.js";

/** @param {string | null} text */
function storage(text = null) {
  return { text, getItem: () => text, setItem(_key, value) { this.text = value; } };
}

test("unknown or ill-typed settings are passed over", () => {
  const preferences = new PreferencesModel();
  preferences.load({ brightness: "very", theme: "dark", nonsense: 3, names: true });
  assert.equal(preferences.get("brightness"), DEFAULTS.brightness);
  assert.equal(preferences.get("theme"), "dark");
  assert.equal(preferences.get("names"), true);
});

test("what the browser kept is taken, and broken text is not", () => {
  assert.equal(new PreferencesModel(storage('{"theme":"light"}')).get("theme"), "light");
  for (const text of ["{", "null", "[1]", "3"]) {
    assert.equal(new PreferencesModel(storage(text)).get("theme"), "auto");
  }
});

test("hidden points travel as one text and stay with their project", () => {
  const kept = storage();
  const preferences = new PreferencesModel(kept);
  preferences.toggleHidden("1:2");
  preferences.toggleHidden("1:3");
  preferences.toggleHidden("1:2");
  assert.equal(preferences.isHidden("1:2"), false);
  assert.equal(preferences.isHidden("1:3"), true);
  assert.equal(preferences.toView()["hidden"], "1:3");
  assert.equal(JSON.parse(kept.text).hidden, "");
});

test("a change is told once", () => {
  const preferences = new PreferencesModel();
  const names = [];
  preferences.on("change", (name) => names.push(name));
  preferences.set("names", true);
  preferences.set("names", true);
  assert.deepEqual(names, ["names"]);
});
