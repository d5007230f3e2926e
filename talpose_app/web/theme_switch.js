/**
 * Light, dark, or as the system says.
 *
 * @import { PreferencesModel } from "./state/preferences.js"
 */

const ORDER = ["auto", "light", "dark"];
const NAMES = { auto: "as the system", light: "light", dark: "dark" };

/**
 * @param {PreferencesModel} preferences
 * @param {() => void} onChange colors have to be read again
 * @returns {() => string} goes on to the next theme and tells its name
 */
export function followTheme(preferences, onChange) {
  const apply = () => {
    document.documentElement.dataset["theme"] = preferences.get("theme");
    onChange();
  };
  preferences.on("change", (name) => {
    if (name === "theme") {
      apply();
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
  return () => {
    const next = ORDER[(ORDER.indexOf(preferences.get("theme")) + 1) % ORDER.length] ?? "auto";
    preferences.set("theme", next);
    return NAMES[/** @type {keyof typeof NAMES} */ (next)];
  };
}
