/**
 * Gives the keyboard back to the picture after the mouse has used a control:
 * Space is to play, not to press the button again. Who moves the focus by
 * keyboard keeps it where it is.
 */

const PRESSED = "button, summary, [role=option]";

/**
 * @param {HTMLElement} stage
 * @param {() => boolean} isActive
 */
export function returnFocus(stage, isActive) {
  let isPointer = false;
  addEventListener("pointerdown", () => (isPointer = true), { capture: true });
  addEventListener("keydown", (event) => {
    isPointer = false;
    if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.type === "number") {
      event.target.blur();
    }
  }, { capture: true });
  /** @param {Event} event @param {string} selector */
  const giveBack = (event, selector) => {
    const control = event.target instanceof Element ? event.target.closest(selector) : null;
    const isOnIt = control !== null && control === document.activeElement;
    if (isPointer && isOnIt && isActive() && !control.closest("dialog, [popover]")) {
      stage.focus({ preventScroll: true });
    }
  };
  document.addEventListener("click", (event) => giveBack(event, PRESSED));
  document.addEventListener("change", (event) => giveBack(event, "select, input[type=checkbox]"));
}
