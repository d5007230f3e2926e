/**
 * Messages to bytes and back; blocks to typed arrays.
 *
 * @import { Block, Reply, ServerEvent } from "./messages.js"
 *
 * @typedef {{ encode(value: unknown, options?: object): Uint8Array, decode(bytes: Uint8Array): unknown }} MsgpackLibrary
 */

const BYTES_PER_VALUE = { f4: 4, f8: 8, u1: 1 };

/** One msgpack library, given from outside so that tests and page share this code. */
export class Codec {
  #library;

  /** @param {MsgpackLibrary} library */
  constructor(library) {
    this.#library = library;
  }

  /**
   * @param {object} message fields that are undefined are left out
   * @returns {Uint8Array}
   */
  encode(message) {
    return this.#library.encode(message, { ignoreUndefined: true });
  }

  /**
   * @param {ArrayBuffer} buffer
   * @returns {Reply | ServerEvent}
   * @throws {Error} when it is no message
   */
  decode(buffer) {
    const value = this.#library.decode(new Uint8Array(buffer));
    if (typeof value !== "object" || value === null || !("type" in value) || typeof value.type !== "string") {
      throw new Error("The server sent something that is not a message.");
    }
    return /** @type {Reply | ServerEvent} */ (value);
  }
}

/**
 * The bytes of a block in a buffer of their own: msgpack hands out views at odd
 * offsets, which typed arrays of wider numbers refuse.
 *
 * @param {Block} block
 * @param {Block["dtype"]} dtype
 * @returns {ArrayBuffer}
 */
function ownBuffer(block, dtype) {
  const count = block.shape.reduce((product, n) => product * n, 1);
  if (block.dtype !== dtype || block.data.byteLength !== count * BYTES_PER_VALUE[dtype]) {
    throw new Error(`Expected ${count} values of ${dtype}, got ${block.data.byteLength} bytes of ${block.dtype}.`);
  }
  return /** @type {ArrayBuffer} */ (block.data.slice().buffer);
}

/**
 * @param {Block} block
 * @returns {Float32Array}
 */
export function toFloat32(block) {
  return new Float32Array(ownBuffer(block, "f4"));
}

/**
 * @param {Block} block
 * @returns {Float64Array}
 */
export function toFloat64(block) {
  return new Float64Array(ownBuffer(block, "f8"));
}

/**
 * @param {Block} block
 * @returns {Uint8Array}
 */
export function toUint8(block) {
  return new Uint8Array(ownBuffer(block, "u1"));
}
