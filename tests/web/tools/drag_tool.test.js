import assert from "node:assert/strict";
import { test } from "node:test";
import { DragTool } from "../../../talpose_app/web/tools/drag_tool.js";

const PRESS = { button: 0 };
const CHOSEN_MS = 150;
const OTHER_MS = 300;

/** A tool over one point at (50, 50), and what it makes of it. */
function setUp() {
  const made = [];
  let draft = null;
  const selection = { point: null };
  const stage = {
    hit: () => "1:1",
    scene: { placed: () => ({ x: 50, y: 50 }) },
    viewport: { transform: { toScreen: (at) => at, toImage: (at) => at } },
    element: { classList: { add() {}, remove() {} } },
    invalidateOverlay() {},
    dragged: null,
  };
  const labeling = {
    finishNudge() {},
    showDraft: (_key, _frame, at) => (draft = at),
    keepDraft: () => made.push(draft),
    dropDraft: () => (draft = null),
  };
  const playback = { shown: 3, isExact: true, pause() {} };
  const tool = new DragTool({ stage, selection, labeling, playback, project: { isReadOnly: false }, onBlocked() {} });
  return { tool, made, selection, stage };
}

/**
 * @param {import("node:test").TestContext} context
 */
function withClock(context) {
  let now = 10_000;
  context.mock.timers.enable({ apis: ["setTimeout"] });
  context.mock.method(performance, "now", () => now);
  return (ms) => {
    now += ms;
    context.mock.timers.tick(ms);
  };
}

test("a short click selects, even if the hand trembles", (context) => {
  const pass = withClock(context);
  const { tool, made, selection } = setUp();
  for (const key of [null, "1:1"]) {
    selection.point = key;
    pass(1000);
    tool.press({ x: 51, y: 50 }, PRESS);
    pass(100);
    tool.move({ x: 53, y: 51 });
    tool.release();
  }
  assert.equal(selection.point, "1:1");
  assert.deepEqual(made, []);
});

test("a move of one pixel counts once the point is lifted, sooner if it was chosen before", (context) => {
  const pass = withClock(context);
  for (const [key, ms] of [[null, OTHER_MS], ["1:1", CHOSEN_MS]]) {
    const { tool, made, selection } = setUp();
    selection.point = key;
    tool.press({ x: 51, y: 50 }, PRESS);
    pass(ms - 1);
    tool.move({ x: 52, y: 50 });
    tool.release();
    assert.deepEqual(made, []);
    selection.point = key;
    pass(1000);
    tool.press({ x: 51, y: 50 }, PRESS);
    pass(ms);
    tool.move({ x: 52, y: 50 });
    tool.release();
    assert.deepEqual(made, [{ x: 51, y: 50 }]);
  }
});

test("a point moved before it was lifted shows that it is dragged as soon as it is", (context) => {
  const pass = withClock(context);
  const { tool, made, stage } = setUp();
  tool.press({ x: 50, y: 50 }, PRESS);
  tool.move({ x: 52, y: 50 });
  assert.equal(stage.dragged, null);
  pass(OTHER_MS);
  assert.equal(stage.dragged, "1:1");
  tool.release();
  assert.deepEqual(made, [{ x: 52, y: 50 }]);
});

test("a quick drag needs no waiting; one that ends where it began makes nothing", (context) => {
  withClock(context);
  const { tool, made } = setUp();
  tool.press({ x: 50, y: 50 }, PRESS);
  tool.move({ x: 54, y: 50 });
  tool.move({ x: 50, y: 50 });
  tool.release();
  assert.deepEqual(made, []);
  tool.press({ x: 50, y: 50 }, PRESS);
  tool.move({ x: 54, y: 50 });
  tool.release();
  assert.deepEqual(made, [{ x: 54, y: 50 }]);
});

test("the second press of a double click has the time of one that may only select", (context) => {
  const pass = withClock(context);
  const { tool, made } = setUp();
  tool.press({ x: 50, y: 50 }, PRESS);
  tool.release();
  pass(120);
  tool.press({ x: 50, y: 50 }, PRESS);
  pass(200);
  tool.move({ x: 51, y: 50 });
  tool.release();
  assert.deepEqual(made, []);
});
