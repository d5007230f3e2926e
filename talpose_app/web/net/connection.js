/**
 * The socket: requests with ids, events, and coming back after a break.
 *
 * @import { Codec } from "../protocol/codec.js"
 * @import { CommandName, Commands, ErrorState, Reply, ReplyTo, ServerEvent } from "../protocol/messages.js"
 *
 * @typedef {"connecting" | "open" | "lost" | "refused"} LinkState `refused`: there is a server, but another one, with
 *   another token
 */
import { PROTOCOL_VERSION } from "../protocol/messages.js";
import { Emitter } from "../state/emitter.js";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4000;
const FORBIDDEN = 403;
/** Close codes that say that the page did wrong; the server gives the reason in words. */
const WRONGS = new Set([1007, 1008]);
/** The server closes the line at more, and what was sent once would be sent again. */
const MAX_COMMAND_BYTES = 4 << 20;
const REPLY_TYPES = new Set(["done", "keypoint_added", "listing", "exported", "filter_preview", "suggestions", "licence_text", "failed"]);

/** A command that the server refused, or that found no server. */
export class RequestError extends Error {
  /** @param {ErrorState} error */
  constructor(error) {
    super(error.message);
    this.name = "RequestError";
    this.code = error.code;
    this.hint = error.hint;
  }

  /** @returns {boolean} whether the answer is unknown because the line broke */
  get isDisconnected() {
    return this.code === "disconnected";
  }
}

const DISCONNECTED = {
  code: "disconnected",
  message: "The connection to TALPose was lost.",
  hint: "It is being restored; nothing that was saved is lost.",
};

const TOO_LARGE = {
  code: "usage",
  message: "This change is too large to be made in one step.",
  hint: "Make it in parts.",
};

/**
 * Emits `event` (what the server tells) and `link` (the state of the line).
 *
 * @extends {Emitter<{ event: ServerEvent, link: LinkState }>}
 */
export class Connection extends Emitter {
  #codec;
  #url;
  /** @type {WebSocket | null} */
  #socket = null;
  #nextId = 1;
  #retryMs = FIRST_RETRY_MS;
  /** @type {Map<number, { resolve: (reply: Reply) => void, reject: (error: RequestError) => void }>} */
  #pending = new Map();

  /**
   * @param {string} url
   * @param {Codec} codec
   */
  constructor(url, codec) {
    super();
    this.#url = url;
    this.#codec = codec;
  }

  /** Open the line and say hello; the server answers with a `welcome` event. */
  open() {
    this.emit("link", "connecting");
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => this.#onOpen());
    socket.addEventListener("message", (message) => this.#onMessage(message));
    socket.addEventListener("close", (event) => this.#onClose(socket, event));
  }

  /** @returns {boolean} */
  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /**
   * @template {CommandName} Name
   * @param {Name} type
   * @param {Commands[Name]} fields
   * @returns {Promise<ReplyTo<Name>>}
   */
  request(type, fields) {
    const id = this.#nextId++;
    const promise = new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(new RequestError(DISCONNECTED));
        return;
      }
      const data = /** @type {Uint8Array<ArrayBuffer>} */ (this.#codec.encode({ ...fields, type, id }));
      if (data.length > MAX_COMMAND_BYTES) {
        reject(new RequestError(TOO_LARGE));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#socket?.send(data);
    });
    return /** @type {Promise<any>} */ (promise);
  }

  #onOpen() {
    this.#retryMs = FIRST_RETRY_MS;
    this.request("hello", { version: PROTOCOL_VERSION }).then(
      () => this.emit("link", "open"),
      (/** @type {RequestError} */ error) => {
        this.emit("event", { type: "notice", level: "error", message: error.message, hint: error.hint });
      },
    );
  }

  /** @param {MessageEvent} message */
  #onMessage(message) {
    const value = this.#codec.decode(message.data);
    if (!REPLY_TYPES.has(value.type)) {
      this.emit("event", /** @type {ServerEvent} */ (value));
      return;
    }
    const reply = /** @type {Reply} */ (value);
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.type === "failed") {
      waiting?.reject(new RequestError(reply.error));
    } else {
      waiting?.resolve(reply);
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {CloseEvent} event
   */
  #onClose(socket, event) {
    if (socket !== this.#socket) {
      return;
    }
    if (WRONGS.has(event.code) && event.reason !== "") {
      const hint = "If this goes on, reload the page.";
      this.emit("event", { type: "notice", level: "error", message: event.reason, hint });
    }
    for (const { reject } of this.#pending.values()) {
      reject(new RequestError(DISCONNECTED));
    }
    this.#pending.clear();
    this.emit("link", "lost");
    void this.#tellIfRefused();
    setTimeout(() => this.open(), this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  /** A refused socket looks like a broken line; a plain request tells them apart. */
  async #tellIfRefused() {
    const answer = await fetch(".", { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.status === FORBIDDEN && !this.isOpen) {
      this.emit("link", "refused");
    }
  }
}
