/**
 * Leaves the project: nothing that was begun in it is lost unseen.
 *
 * @import { Leaving } from "../panels/leave_dialog.js"
 * @import { Toasts } from "../panels/toasts.js"
 * @import { RunModel } from "../state/run.js"
 *
 * @typedef {{ run: Pick<RunModel, "isActive">, toasts: Pick<Toasts, "show">, finish: () => void,
 *   ask: () => Promise<Leaving>, revert: () => Promise<unknown> }} LeavingParts `finish`: sends what waits to be sent;
 *   `revert`: discards the run under way
 */

/**
 * @param {LeavingParts} parts
 * @param {() => void} go to where the user wants; not called if the answer is to stay
 */
export async function leaveProject({ run, toasts, finish, ask, revert }, go) {
  finish();
  const answer = run.isActive ? await ask() : "go";
  if (answer === "stay") {
    return;
  }
  if (answer === "discard") {
    await revert();
  }
  go();
  if (answer === "keep") {
    toasts.show("info", "The run was stopped.", "Its best tracks so far are kept, as one step that undo takes back.");
  }
}
