import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import { Codec, toFloat32, toFloat64, toUint8 } from "../../../talpose_app/web/protocol/codec.js";

const vendored = new URL("../../../talpose_app/web/vendor/msgpack.min.js", import.meta.url);
runInThisContext(readFileSync(vendored, "utf8"));
const library = globalThis.MessagePack;
const codec = new Codec(library);

/** @param {ArrayBufferView} values */
const bytes = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** @param {object} message as the server would send it */
function received(message) {
  const encoded = library.encode(message);
  return codec.decode(encoded.slice().buffer);
}

test("coordinates keep every bit", () => {
  for (const x of [Math.PI * 100, 0.1 + 0.2, 1e-17, 123456.789012345, 7]) {
    const back = library.decode(codec.encode({ type: "set_labels", id: 1, labels: [{ x, y: null }] }));
    assert.equal(back.labels[0].x, x);
    assert.equal(back.labels[0].y, null);
  }
});

test("fields that are undefined are left out", () => {
  const back = library.decode(codec.encode({ type: "change_keypoint", id: 2, keypoint_id: 3, name: undefined }));
  assert.deepEqual(Object.keys(back).sort(), ["id", "keypoint_id", "type"]);
});

test("blocks become typed arrays although msgpack hands out views at odd offsets", () => {
  const values = new Float32Array([1.5, -2.25, NaN, 1e-8]);
  for (const padding of ["", "x", "xy", "xyz"]) {
    const message = received({ type: padding || "a", block: { dtype: "f4", shape: [2, 2], data: bytes(values) } });
    assert.deepEqual(toFloat32(message.block), values);
  }
});

test("doubles and bytes", () => {
  const times = new Float64Array([0, 1 / 30, 2 / 30]);
  const message = received({
    type: "a",
    times: { dtype: "f8", shape: [3], data: bytes(times) },
    flags: { dtype: "u1", shape: [2], data: new Uint8Array([1, 0]) },
  });
  assert.deepEqual(toFloat64(message.times), times);
  assert.deepEqual(toUint8(message.flags), new Uint8Array([1, 0]));
});

test("a block of another kind or size is refused", () => {
  const block = { dtype: "f4", shape: [3], data: new Uint8Array(8) };
  assert.throws(() => toFloat32(block), /Expected 3 values/);
  assert.throws(() => toFloat64({ dtype: "f4", shape: [2], data: new Uint8Array(8) }), /f8/);
});

test("what is no message is refused", () => {
  assert.throws(() => received([1, 2]), /not a message/);
  assert.throws(() => received({ id: 3 }), /not a message/);
});
