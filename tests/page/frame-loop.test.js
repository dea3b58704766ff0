import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameLoop } from "../../static/js/frames/frame-loop.js";

const ANALYSED = { status: "analysed", faces: [] };

/** A loop with a clock that moves 16 ms per picture and stops after so many pictures. */
function build({ pictures, exchange, ready = () => true, rate = 1000 }) {
  const log = { metas: [], acks: [], lost: [], inFlight: 0, most: 0 };
  let time = 1000;
  let left = pictures;
  let finish;
  const done = new Promise((resolve) => (finish = resolve));
  const loop = new FrameLoop({
    async nextPicture() {
      time += 16;
      if (left-- === 0) {
        loop.stop();
        finish(log);
      }
    },
    ready,
    async exchange(meta, stopped) {
      log.metas.push(meta);
      log.most = Math.max(log.most, ++log.inFlight);
      try {
        return await exchange(meta, stopped);
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

/** Lets the loop go on as far as it can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const later = () => new Promise((resolve) => setImmediate(() => resolve(ANALYSED)));

test("frames are counted from 0 and one is in flight at a time", async () => {
  const { metas, most, acks } = await build({ pictures: 5, exchange: later }).done;
  assert.deepEqual(metas.map(({ seq }) => seq), [0, 1, 2, 3, 4]);
  assert.equal(most, 1);
  assert.equal(acks.length, 5);
});

test("no second frame goes while the first is not answered", async () => {
  let answer;
  const { loop, log, done } = build({ pictures: 2, exchange: () => new Promise((resolve) => (answer = resolve)) });
  await settle();
  assert.equal(log.metas.length, 1);
  answer(ANALYSED);
  await settle();
  answer(ANALYSED);
  const { metas } = await done;
  assert.equal(metas.length, 2);
  assert.equal(loop.running, false);
});

test("pictures beyond the server's rate are left out", async () => {
  const { metas } = await build({ pictures: 60, exchange: later, rate: 10 }).done;
  const seconds = (60 * 16) / 1000;
  assert.ok(metas.length <= seconds * 10 + 1, `${metas.length} frames`);
  assert.ok(metas.length >= seconds * 10 - 2, `${metas.length} frames`);
});

test("nothing is sent while there is no session", async () => {
  const { metas } = await build({ pictures: 5, exchange: later, ready: () => false }).done;
  assert.equal(metas.length, 0);
});

test("a frame that is never answered is lost, and the loop goes on after a rest", async () => {
  let first = true;
  const { lost, acks, metas } = await build({
    pictures: 30,
    exchange: () => {
      if (!first) return later();
      first = false;
      return Promise.reject(new Error("timeout"));
    },
  }).done;
  assert.equal(lost.length, 1);
  assert.ok(acks.length > 0);
  assert.ok(metas[1].captured_at - metas[0].captured_at >= 240);
});

test("an error of the server makes the loop rest too", async () => {
  const failed = { status: "error", code: "rate_limited", message: "", seq: 0 };
  const { metas } = await build({ pictures: 32, exchange: async () => failed }).done;
  assert.equal(metas.length, 2);
});

test("whoever prepares a frame is told when the loop stops", async () => {
  let stopped;
  const exchange = (_, signal) => {
    stopped = signal;
    return new Promise(() => {});
  };
  const { loop } = build({ pictures: 2, exchange });
  await settle();
  assert.equal(stopped.aborted, false);
  loop.stop();
  assert.equal(stopped.aborted, true);
});

test("an answer that comes after the stop is dropped", async () => {
  let answer;
  const { loop, done } = build({ pictures: 1, exchange: () => new Promise((resolve) => (answer = resolve)) });
  await settle();
  loop.stop();
  answer(ANALYSED);
  await settle();
  loop.start();
  await settle();
  const { acks } = await done;
  assert.equal(acks.length, 0);
});

test("a new session counts from 0 again", async () => {
  const { loop, done } = build({
    pictures: 4,
    exchange: (meta) => {
      if (meta.seq === 1) loop.restartCount();
      return later();
    },
  });
  const { metas } = await done;
  assert.deepEqual(metas.map(({ seq }) => seq), [0, 1, 0, 1]);
});

test("the wait for an answer counts from the first frame that got none", async () => {
  let settleOne;
  const exchange = () => new Promise((resolve, reject) => (settleOne = { resolve, reject }));
  const { loop, log } = build({ pictures: 100, exchange });
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

test("where no frame may be sent, none is waited for", async () => {
  let isReady = true;
  const exchange = () => {
    isReady = false;
    return Promise.reject(new Error("stopped"));
  };
  const { loop, log } = build({ pictures: 3, exchange, ready: () => isReady });
  const seen = [];
  while (loop.running) {
    seen.push(loop.waitingSince);
    await Promise.resolve();
  }
  assert.equal(log.metas.length, 1);
  assert.ok(seen.includes(1016));
  assert.equal(seen.at(-1), null);
});
