import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveRegion } from "../../static/js/view/live-region.js";

function build() {
  const announced = [];
  return { announced, region: new LiveRegion((text) => announced.push(text)) };
}

test("only a stable text is announced, and once", () => {
  const { announced, region } = build();
  for (let at = 0; at <= 1400; at += 100) region.announceWhenStable(at % 200 ? "happy" : "sad", at);
  assert.deepEqual(announced, []);
  for (let at = 1500; at <= 9000; at += 100) region.announceWhenStable("happy", at);
  assert.deepEqual(announced, ["happy"]);
});

test("there are seconds between two announcements", () => {
  const { announced, region } = build();
  for (let at = 0; at < 2000; at += 100) region.announceWhenStable("one", at);
  for (let at = 2000; at < 5400; at += 100) region.announceWhenStable("two", at);
  assert.deepEqual(announced, ["one"]);
  for (let at = 5400; at < 6000; at += 100) region.announceWhenStable("two", at);
  assert.deepEqual(announced, ["one", "two"]);
});

test("an urgent text is announced at once, and the stable one again after it", () => {
  const { announced, region } = build();
  for (let at = 0; at < 2000; at += 100) region.announceWhenStable("one", at);
  region.announce("lost", 2000);
  for (let at = 2100; at < 9000; at += 100) region.announceWhenStable("one", at);
  assert.deepEqual(announced, ["one", "lost", "one"]);
});
