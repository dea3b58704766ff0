import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserDetector } from "../../static/js/detector/browser-detector.js";

/** A worker that says nothing by itself. */
class Worker {
  posted = [];

  constructor() {
    Worker.last = this;
  }

  postMessage(message) {
    this.posted.push(message);
  }

  terminate() {}

  answer(reply) {
    this.onmessage({ data: { id: this.posted.at(-1).id, ...reply } });
  }
}

/** Waits for pictures to be made ready, until the test says so. */
const bitmap = { isClosed: false, close() { this.isClosed = true; } };
let makeReady;
globalThis.Worker = Worker;
globalThis.createImageBitmap = () => new Promise((resolve) => (makeReady = () => resolve(bitmap)));

/** Lets what waits for nothing go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** What has become of a promise by now. */
function watch(promise) {
  const fate = { now: "waiting" };
  promise.then((value) => (fate.now = value), (error) => (fate.now = error.message));
  return fate;
}

async function detecting(detector) {
  const fate = watch(detector.detect({}));
  makeReady();
  await settle();
  return fate;
}

test("the faces that the worker found come back", async () => {
  const fate = await detecting(new BrowserDetector());
  Worker.last.answer({ faces: ["a face"] });
  await settle();
  assert.deepEqual(fate.now, ["a face"]);
});

test("a detector that is stopped while a picture is made ready asks its worker no more", async () => {
  const detector = new BrowserDetector();
  const fate = watch(detector.detect({}));
  detector.stop();
  makeReady();
  await settle();
  assert.equal(fate.now, "stopped");
  assert.equal(bitmap.isClosed, true);
  assert.deepEqual(Worker.last.posted, []);
});

test("a worker that never answers is not waited for without end", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const fate = await detecting(new BrowserDetector());
  context.mock.timers.tick(9_999);
  await settle();
  assert.equal(fate.now, "waiting");
  context.mock.timers.tick(1);
  await settle();
  assert.equal(fate.now, "finding faces took too long");
});

test("an answer in time leaves the next picture its whole time", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const detector = new BrowserDetector();
  await detecting(detector);
  Worker.last.answer({ faces: [] });
  await settle();
  context.mock.timers.tick(5_000);
  const fate = await detecting(detector);
  context.mock.timers.tick(9_999);
  await settle();
  assert.equal(fate.now, "waiting");
});
