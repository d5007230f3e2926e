/**
 * Asks the server, and tells the user when it says no.
 *
 * @import { CommandName, Commands, ReplyTo } from "../protocol/messages.js"
 * @import { Connection, RequestError } from "../net/connection.js"
 * @import { Toasts } from "../panels/toasts.js"
 */

/** A project cannot be opened without its video; a dialog asks where that is. */
const VIDEO_WANTED = "project_video";

/** Requests whose failure the user should see. */
export class CommandSender {
  #connection;
  #toasts;

  /**
   * @param {Connection} connection
   * @param {Toasts} toasts
   */
  constructor(connection, toasts) {
    this.#connection = connection;
    this.#toasts = toasts;
  }

  /**
   * @template {CommandName} Name
   * @param {Name} type
   * @param {Commands[Name]} fields
   * @returns {Promise<ReplyTo<Name> | null>} null when it failed
   */
  async send(type, fields) {
    try {
      return await this.request(type, fields);
    } catch (error) {
      const refusal = /** @type {RequestError} */ (error);
      if (refusal.code !== VIDEO_WANTED) {
        this.report(refusal);
      }
      return null;
    }
  }

  /**
   * @template {CommandName} Name
   * @param {Name} type
   * @param {Commands[Name]} fields
   * @returns {Promise<ReplyTo<Name>>}
   */
  request(type, fields) {
    return this.#connection.request(type, fields);
  }

  /** @param {{ message: string, hint: string, isDisconnected: boolean }} error the banner already tells of a lost line */
  report(error) {
    if (!error.isDisconnected) {
      this.#toasts.show("error", error.message, error.hint);
    }
  }
}
