/**
 * Typed events over EventTarget.
 */

/**
 * @template {Record<string, unknown>} Events names and what each carries
 */
export class Emitter extends EventTarget {
  /**
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {(detail: Events[Name]) => void} listener
   * @returns {() => void} stops listening
   */
  on(name, listener) {
    /** @param {Event} event */
    const handler = (event) => {
      listener(/** @type {CustomEvent<Events[Name]>} */ (event).detail);
    };
    this.addEventListener(name, handler);
    return () => this.removeEventListener(name, handler);
  }

  /**
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {Events[Name]} detail
   */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
