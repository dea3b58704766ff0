import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameStatistics, median } from "../../static/js/frames/frame-statistics.js";

test("rate and median latency are those of the last seconds", () => {
  const statistics = new FrameStatistics();
  for (let i = 0; i <= 20; i++) statistics.addAck(i * 100, i === 3 ? 900 : 30);
  assert.deepEqual(statistics.summary(2000), { rate: 10, latencyMs: 30, dropped: 0, lost: 0 });
});

test("when acks stop, the rate falls to zero", () => {
  const statistics = new FrameStatistics();
  for (let i = 0; i <= 10; i++) statistics.addAck(i * 100, 30);
  assert.ok(statistics.summary(2000).rate < 6);
  assert.deepEqual(statistics.summary(9000), { rate: 0, latencyMs: null, dropped: 0, lost: 0 });
});

test("dropped and lost frames are counted until the next start", () => {
  const statistics = new FrameStatistics();
  statistics.addDropped();
  statistics.addLost();
  statistics.addLost();
  assert.equal(statistics.summary(0).dropped, 1);
  assert.equal(statistics.summary(0).lost, 2);
  statistics.clear();
  assert.equal(statistics.summary(0).lost, 0);
});

test("the median of an even number of values lies between the middle two", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([]), null);
});
