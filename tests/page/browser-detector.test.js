import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserDetector } from "../../static/js/detector/browser-detector.js";

/** A worker that replies only when the test tells it to. */
class Worker {
  posted = [];

  constructor() {
    Worker.last = this;
  }

  postMessage(message) {
    this.posted.push(message);
  }

  terminate() {}

  reply(reply) {
    this.onmessage({ data: { id: this.posted.at(-1).id, ...reply } });
  }
}

/** The image is prepared only when the test calls `makeReady`. */
const bitmap = { isClosed: false, close() { this.isClosed = true; } };
let makeReady;
globalThis.Worker = Worker;
globalThis.createImageBitmap = () => new Promise((resolve) => (makeReady = () => resolve(bitmap)));

/** Lets pending promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The outcome of a promise so far. */
function watch(promise) {
  const outcome = { now: "waiting" };
  promise.then((value) => (outcome.now = value), (error) => (outcome.now = error.message));
  return outcome;
}

async function detecting(detector) {
  const outcome = watch(detector.detect({}));
  makeReady();
  await settle();
  return outcome;
}

test("the faces that the worker has detected are returned", async () => {
  const outcome = await detecting(new BrowserDetector());
  Worker.last.reply({ faces: ["a face"] });
  await settle();
  assert.deepEqual(outcome.now, ["a face"]);
});

test("a detector that is stopped while an image is prepared posts nothing to its worker", async () => {
  const detector = new BrowserDetector();
  const outcome = watch(detector.detect({}));
  detector.stop();
  makeReady();
  await settle();
  assert.equal(outcome.now, "stopped");
  assert.equal(bitmap.isClosed, true);
  assert.deepEqual(Worker.last.posted, []);
});

test("a worker that never replies times out", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const outcome = await detecting(new BrowserDetector());
  context.mock.timers.tick(9_999);
  await settle();
  assert.equal(outcome.now, "waiting");
  context.mock.timers.tick(1);
  await settle();
  assert.equal(outcome.now, "face detection took too long");
});

test("a reply in time leaves the next frame its full timeout", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const detector = new BrowserDetector();
  await detecting(detector);
  Worker.last.reply({ faces: [] });
  await settle();
  context.mock.timers.tick(5_000);
  const outcome = await detecting(detector);
  context.mock.timers.tick(9_999);
  await settle();
  assert.equal(outcome.now, "waiting");
});
