import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Connection, RequestError } from "../../../talpose_app/web/net/connection.js";

/** A line whose other end is the test. */
class Line extends EventTarget {
  static OPEN = 1;
  static last = null;
  readyState = Line.OPEN;
  sent = [];

  constructor() {
    super();
    Line.last = this;
  }

  send(data) {
    this.sent.push(data);
  }

  close(code, reason) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
}

const codec = { encode: (message) => message.data ?? new Uint8Array(8), decode: (data) => data };

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.WebSocket = Line;
  mock.method(globalThis, "fetch", async () => ({ status: 200 }));
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function openedConnection() {
  const connection = new Connection("ws://here/socket", codec);
  const events = [];
  connection.on("event", (event) => events.push(event));
  connection.open();
  return { connection, events };
}

for (const [code, reason] of [
  [1007, "The page sent something that is no message."],
  [1008, "The page sent far more commands than anybody can give."],
]) {
  test(`a line closed with ${code} says why, and the page comes back`, () => {
    const { connection, events } = openedConnection();
    const broken = Line.last;
    broken.close(code, reason);
    assert.deepEqual(
      events.map(({ type, level, message }) => ({ type, level, message })),
      [{ type: "notice", level: "error", message: reason }],
    );
    mock.timers.tick(250);
    assert.notEqual(Line.last, broken);
    assert.ok(connection.isOpen);
  });
}

for (const [code, reason] of [
  [1006, ""],
  [1008, ""],
  [1011, "keepalive ping timeout"],
  [1012, "restart"],
  [1013, ""],
]) {
  test(`a line that breaks with ${code} "${reason}" is restored without a word`, () => {
    const { events } = openedConnection();
    Line.last.close(code, reason);
    assert.deepEqual(events, []);
  });
}

test("what the server would not read is refused here, and the line stays", async () => {
  const { connection } = openedConnection();
  const command = { data: new Uint8Array((4 << 20) + 1) };
  await assert.rejects(connection.request("set_labels", command), (error) => {
    assert.ok(error instanceof RequestError);
    assert.equal(error.isDisconnected, false);
    return /too large/.test(error.message);
  });
  assert.equal(Line.last.sent.length, 0);
  connection.request("set_labels", { data: new Uint8Array(4 << 20) });
  assert.equal(Line.last.sent.length, 1);
});

test("requests under way are told that the line broke", async () => {
  const { connection } = openedConnection();
  const answer = connection.request("undo", {});
  Line.last.close(1006, "");
  await assert.rejects(answer, (error) => error.isDisconnected);
});
