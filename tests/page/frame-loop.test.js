import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameLoop } from "../../static/js/frames/frame-loop.js";

const ANALYSED = { status: "analysed", faces: [] };

/** A loop with a clock that advances 16 ms per image, and that stops after a number of images. */
function build({ images, send, ready = () => true, rate = 1000 }) {
  const log = { metas: [], acks: [], lost: [], inFlight: 0, most: 0 };
  let time = 1000;
  let left = images;
  let finish;
  const done = new Promise((resolve) => (finish = resolve));
  const loop = new FrameLoop({
    async nextImage() {
      time += 16;
      if (left-- === 0) {
        loop.stop();
        finish(log);
      }
    },
    ready,
    async send(meta, stopped) {
      log.metas.push(meta);
      log.most = Math.max(log.most, ++log.inFlight);
      try {
        return await send(meta, stopped);
      } finally {
        log.inFlight -= 1;
      }
    },
    now: () => time,
    onAck: (ack, latency) => log.acks.push([ack, latency]),
    onLost: (error) => log.lost.push(error),
  });
  loop.maxRate = rate;
  loop.start();
  return { loop, log, done };
}

/** Lets the loop run as far as it can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const later = () => new Promise((resolve) => setImmediate(() => resolve(ANALYSED)));

test("sequence numbers start at 0 and one frame is in flight at a time", async () => {
  const { metas, most, acks } = await build({ images: 5, send: later }).done;
  assert.deepEqual(metas.map(({ seq }) => seq), [0, 1, 2, 3, 4]);
  assert.equal(most, 1);
  assert.equal(acks.length, 5);
});

test("the second frame waits for the ack of the first", async () => {
  let acknowledge;
  const { loop, log, done } = build({ images: 2, send: () => new Promise((resolve) => (acknowledge = resolve)) });
  await settle();
  assert.equal(log.metas.length, 1);
  acknowledge(ANALYSED);
  await settle();
  acknowledge(ANALYSED);
  const { metas } = await done;
  assert.equal(metas.length, 2);
  assert.equal(loop.running, false);
});

test("images beyond the server's rate limit are skipped", async () => {
  const { metas } = await build({ images: 60, send: later, rate: 10 }).done;
  const seconds = (60 * 16) / 1000;
  assert.ok(metas.length <= seconds * 10 + 1, `${metas.length} frames`);
  assert.ok(metas.length >= seconds * 10 - 2, `${metas.length} frames`);
});

test("nothing is sent while there is no session", async () => {
  const { metas } = await build({ images: 5, send: later, ready: () => false }).done;
  assert.equal(metas.length, 0);
});

test("a frame without an ack is lost, and the loop continues after a pause", async () => {
  let first = true;
  const { lost, acks, metas } = await build({
    images: 30,
    send: () => {
      if (!first) return later();
      first = false;
      return Promise.reject(new Error("timeout"));
    },
  }).done;
  assert.equal(lost.length, 1);
  assert.ok(acks.length > 0);
  assert.ok(metas[1].captured_at - metas[0].captured_at >= 240);
});

test("the loop also pauses after an error from the server", async () => {
  const failed = { status: "error", code: "rate_limited", message: "", seq: 0 };
  const { metas } = await build({ images: 32, send: async () => failed }).done;
  assert.equal(metas.length, 2);
});

test("the signal of a frame in preparation is aborted when the loop stops", async () => {
  let stopped;
  const send = (_, signal) => {
    stopped = signal;
    return new Promise(() => {});
  };
  const { loop } = build({ images: 2, send });
  await settle();
  assert.equal(stopped.aborted, false);
  loop.stop();
  assert.equal(stopped.aborted, true);
});

test("an ack after the stop is ignored", async () => {
  let acknowledge;
  const { loop, done } = build({ images: 1, send: () => new Promise((resolve) => (acknowledge = resolve)) });
  await settle();
  loop.stop();
  acknowledge(ANALYSED);
  await settle();
  loop.start();
  await settle();
  const { acks } = await done;
  assert.equal(acks.length, 0);
});

test("a new session starts at 0 again", async () => {
  const { loop, done } = build({
    images: 4,
    send: (meta) => {
      if (meta.seq === 1) loop.resetSequence();
      return later();
    },
  });
  const { metas } = await done;
  assert.deepEqual(metas.map(({ seq }) => seq), [0, 1, 0, 1]);
});

test("the wait for an ack is measured from the first frame without one", async () => {
  let settleOne;
  const send = () => new Promise((resolve, reject) => (settleOne = { resolve, reject }));
  const { loop, log } = build({ images: 100, send });
  await settle();
  assert.equal(loop.waitingSince, 1016);
  settleOne.reject(new Error("timeout"));
  await settle();
  assert.equal(log.metas.length, 2);
  assert.equal(loop.waitingSince, 1016);
  settleOne.resolve(ANALYSED);
  await settle();
  assert.equal(log.metas.length, 3);
  assert.equal(loop.waitingSince, log.metas[2].captured_at);
});

test("while no frame may be sent, none is waited for", async () => {
  let isReady = true;
  const send = () => {
    isReady = false;
    return Promise.reject(new Error("stopped"));
  };
  const { loop, log } = build({ images: 3, send, ready: () => isReady });
  const seen = [];
  while (loop.running) {
    seen.push(loop.waitingSince);
    await Promise.resolve();
  }
  assert.equal(log.metas.length, 1);
  assert.ok(seen.includes(1016));
  assert.equal(seen.at(-1), null);
});
