/**
 * Numbers in words for the screen. Pure.
 */

/**
 * @param {number} seconds
 * @returns {string} 0:04.27, or 1:02:03.27
 */
export function formatTime(seconds) {
  if (!Number.isFinite(seconds)) {
    return "–";
  }
  const hundredths = Math.round(seconds * 100);
  const rest = String(hundredths % 100).padStart(2, "0");
  const s = Math.floor(hundredths / 100) % 60;
  const m = Math.floor(hundredths / 6000) % 60;
  const h = Math.floor(hundredths / 360000);
  const ss = String(s).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${ss}.${rest}` : `${m}:${ss}.${rest}`;
}

/**
 * @param {number} seconds
 * @returns {string} 8 s, 1 min 05 s, 2 h 10 min
 */
export function formatDuration(seconds) {
  if (!Number.isFinite(seconds)) {
    return "–";
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  }
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/**
 * @param {number} seconds
 * @returns {string} no more exact than a forecast is: 40 s, 3 min, 1.5 h
 */
export function formatRoughly(seconds) {
  if (seconds < 55) {
    return `${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(Math.round(seconds / 1800) / 2).toString()} h`;
}

/**
 * @param {{ fps: number, n_frames: number, is_variable_rate: boolean }} video
 * @returns {string} 25 fps, or what is to be said where that is not the whole truth
 */
export function formatRate({ fps, n_frames: nFrames, is_variable_rate: isVariable }) {
  if (nFrames < 2 || !(fps > 0)) {
    return counted(nFrames, "frame");
  }
  return `${Number(fps.toFixed(2))} fps${isVariable ? ", variable" : ""}`;
}

/**
 * @param {number} bytes
 * @returns {string}
 */
export function formatSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ""}`;
}

/**
 * @param {number} count
 * @param {string} noun singular
 * @returns {string} 1 label, 2 labels
 */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * @param {string} iso
 * @param {Date} now
 * @returns {string} today, yesterday, 5 days ago, or the date
 */
export function formatDay(iso, now) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return "";
  }
  const dayMs = 86_400_000;
  const days = Math.round((startOfDay(now) - startOfDay(date)) / dayMs);
  if (days <= 0) {
    return "today";
  }
  if (days === 1) {
    return "yesterday";
  }
  return days < 14 ? `${days} days ago` : date.toLocaleDateString(undefined, { dateStyle: "medium" });
}

/**
 * @param {Date} date
 * @returns {number}
 */
function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
