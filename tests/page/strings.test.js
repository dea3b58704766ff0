import assert from "node:assert/strict";
import { test } from "node:test";
import { labelLines } from "../../static/js/view/overlay.js";
import * as words from "../../static/js/strings.js";

const EMOTION = { name: "emotion", title: "Emotion", kind: "classification", labels: ["neutral", "happiness"], enabled: true, interval_ms: 100 };
const AGE = { name: "age", title: "Age", kind: "measure", unit: "years", enabled: true, interval_ms: 3000 };
const PULSE = { name: "pulse", title: "Pulse", kind: "measure", unit: "bpm", enabled: true };
const happy = { id: 1, label: "happiness", confidence: 0.934, scores: { neutral: 0.066, happiness: 0.934 } };
const answered = (result) => ({ result, seq: 0, capturedAt: 0 });

function seen({ reasons = [], answers = {} }) {
  const face = { id: 1, box: [0, 0, 1, 1], quality: { ok: reasons.length === 0, reasons } };
  return { face, seenAt: 0, inView: true, answers: new Map(Object.entries(answers)) };
}

test("labels and shares are written for people", () => {
  assert.equal(words.title("happiness"), "Happiness");
  assert.equal(words.title("too_tired"), "Too tired");
  assert.equal(words.percent(0.934), "93 %");
});

test("a measure is written in its own unit, whatever it is", () => {
  assert.equal(words.brief(AGE, { id: 1, years: 31.4, low: 27, high: 36 }), "31 years");
  assert.equal(words.brief(PULSE, { id: 1, bpm: 71.6, low: 60, high: 80 }), "72 bpm");
});

test("every reason of the protocol has words that say what to do", () => {
  for (const reason of ["too_small", "too_dark", "too_bright", "blurred", "turned_away"]) {
    assert.notEqual(words.hint([reason]), words.title(reason));
  }
  assert.equal(words.hint(["too_small", "too_dark"]), "Come closer. Too dark: turn towards a light");
});

test("only what is stale gets its age in words", () => {
  assert.equal(words.age(900, 1), "");
  assert.equal(words.age(4200, 0.4), "4 s ago");
});

test("what is spoken names each face and what it looks like", () => {
  assert.equal(words.spoken([], EMOTION, 0), "No face in view.");
  assert.equal(words.spoken([seen({ answers: { emotion: answered(happy) } })], EMOTION, 0), "One face. Face 1 looks like happiness.");
  assert.equal(words.spoken([seen({ reasons: ["too_small"] })], EMOTION, 0), "One face. Face 1: Come closer.");
  assert.equal(words.spoken([seen({}), seen({})], undefined, 0), "2 faces.");
});

test("what is unsure is not said to look like something", () => {
  const unsure = { ...happy, label: "unsure" };
  assert.equal(words.spoken([seen({ answers: { emotion: answered(unsure) } })], EMOTION, 0), "One face. Face 1: unsure.");
});

test("a measure that leads is said as it is", () => {
  const answers = { age: answered({ id: 1, years: 31, low: 2, high: 50 }) };
  assert.equal(words.spoken([seen({ answers })], AGE, 0), "One face. Face 1: 31 years.");
});

test("the label over the video has the id, the headline and what the others say", () => {
  const answers = { emotion: answered(happy), age: answered({ id: 1, years: 31, low: 2, high: 50 }) };
  assert.deepEqual(labelLines(seen({ answers }), [AGE, EMOTION], 0), ["1  Happiness  93 %", "31 years"]);
  assert.deepEqual(labelLines(seen({ answers }), [AGE, { ...EMOTION, enabled: false }], 0), ["1", "31 years"]);
  assert.deepEqual(labelLines(seen({}), [EMOTION], 0), ["1"]);
});

test("the label of a poor picture has the reason instead", () => {
  assert.deepEqual(labelLines(seen({ reasons: ["blurred"], answers: { emotion: answered(happy) } }), [EMOTION], 0), [
    "1", "Blurred: hold still",
  ]);
});

test("an answer that is too old to count is on no label any more", () => {
  const answers = { emotion: answered(happy), age: answered({ id: 1, years: 31, low: 2, high: 50 }) };
  assert.deepEqual(labelLines(seen({ answers }), [AGE, EMOTION], 4100), ["1  Happiness  93 %", "31 years"]);
  assert.deepEqual(labelLines(seen({ answers }), [AGE, EMOTION], 4200), ["1", "31 years"]);
  assert.deepEqual(labelLines(seen({ answers }), [AGE, EMOTION], 9000), ["1"]);
});

test("an answer that is too old to count is not said", () => {
  const answers = { emotion: answered(happy) };
  assert.equal(words.spoken([seen({ answers })], EMOTION, 4100), "One face. Face 1 looks like happiness.");
  assert.equal(words.spoken([seen({ answers })], EMOTION, 4200), "One face.");
});
