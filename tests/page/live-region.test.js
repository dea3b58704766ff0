import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer } from "../../static/js/view/live-region.js";

function build() {
  const said = [];
  return { said, announcer: new Announcer((text) => said.push(text)) };
}

test("only what holds for a while is said, and once", () => {
  const { said, announcer } = build();
  for (let at = 0; at <= 1400; at += 100) announcer.offer(at % 200 ? "happy" : "sad", at);
  assert.deepEqual(said, []);
  for (let at = 1500; at <= 9000; at += 100) announcer.offer("happy", at);
  assert.deepEqual(said, ["happy"]);
});

test("there are seconds between two sentences", () => {
  const { said, announcer } = build();
  for (let at = 0; at < 2000; at += 100) announcer.offer("one", at);
  for (let at = 2000; at < 5400; at += 100) announcer.offer("two", at);
  assert.deepEqual(said, ["one"]);
  for (let at = 5400; at < 6000; at += 100) announcer.offer("two", at);
  assert.deepEqual(said, ["one", "two"]);
});

test("what must not wait is said at once, and what held before again after it", () => {
  const { said, announcer } = build();
  for (let at = 0; at < 2000; at += 100) announcer.offer("one", at);
  announcer.now("lost", 2000);
  for (let at = 2100; at < 9000; at += 100) announcer.offer("one", at);
  assert.deepEqual(said, ["one", "lost", "one"]);
});
