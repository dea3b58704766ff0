import assert from "node:assert/strict";
import { test } from "node:test";
import { ageText, describeFaces, resultText } from "../../static/js/faces/face-prediction.js";
import { labelLines } from "../../static/js/view/face-label.js";

const EMOTION = { name: "emotion", title: "Emotion", kind: "classification", labels: ["neutral", "happiness"], enabled: true, interval_ms: 100 };
const GENDER = { ...EMOTION, name: "gender", title: "Gender", labels: ["female", "male"], interval_ms: 3000 };
const AGE = { name: "age", title: "Age", kind: "measure", unit: "years", enabled: true, interval_ms: 3000 };
const PULSE = { name: "pulse", title: "Pulse", kind: "measure", unit: "bpm", enabled: true };
const happy = { id: 1, label: "happiness", confidence: 0.934, scores: { neutral: 0.066, happiness: 0.934 } };
const predicted = (result) => ({ result, seq: 0, capturedAt: 0 });

function tracked({ reasons = [], predictions = {} }) {
  const face = { id: 1, box: [0, 0, 1, 1], quality: { ok: reasons.length === 0, reasons } };
  return { face, seenAt: 0, inView: true, predictions: new Map(Object.entries(predictions)) };
}

test("a regression has its own unit, whatever that is", () => {
  assert.equal(resultText(AGE, { id: 1, years: 31.4, low: 27, high: 36 }), "31 years");
  assert.equal(resultText(PULSE, { id: 1, bpm: 71.6, low: 60, high: 80 }), "72 bpm");
});

test("only an outdated prediction shows its age", () => {
  assert.equal(ageText(900, 1), "");
  assert.equal(ageText(4200, 0.4), "4 s ago");
});

test("the description names each face and what it looks like", () => {
  assert.equal(describeFaces([], EMOTION, 0), "No face in view.");
  const face = tracked({ predictions: { emotion: predicted(happy) } });
  assert.equal(describeFaces([face], EMOTION, 0), "One face in view. Face 1 looks like happiness.");
  assert.equal(describeFaces([tracked({ reasons: ["too_small"] })], EMOTION, 0), "One face in view. Face 1: Come closer.");
  assert.equal(describeFaces([tracked({}), tracked({})], undefined, 0), "2 faces in view.");
});

test("an unsure prediction is not described as looking like something", () => {
  const unsure = { ...happy, label: "unsure" };
  const face = tracked({ predictions: { emotion: predicted(unsure) } });
  assert.equal(describeFaces([face], EMOTION, 0), "One face in view. Face 1: unsure.");
});

test("a lead regression is described by its value", () => {
  const predictions = { age: predicted({ id: 1, years: 31, low: 2, high: 50 }) };
  assert.equal(describeFaces([tracked({ predictions })], AGE, 0), "One face in view. Face 1: 31 years.");
});

test("the label over the video has the id, the lead result and the other results", () => {
  const predictions = { emotion: predicted(happy), age: predicted({ id: 1, years: 31, low: 2, high: 50 }) };
  assert.deepEqual(labelLines(tracked({ predictions }), [AGE, EMOTION], 0), ["1  Happiness  93%", "31 years"]);
  assert.deepEqual(labelLines(tracked({ predictions }), [AGE, { ...EMOTION, enabled: false }], 0), ["1", "31 years"]);
  assert.deepEqual(labelLines(tracked({}), [EMOTION], 0), ["1"]);
});

test("the label says which of the other models is unsure", () => {
  const predictions = { emotion: predicted(happy), gender: predicted({ ...happy, label: "unsure" }) };
  assert.deepEqual(labelLines(tracked({ predictions }), [EMOTION, GENDER], 0), ["1  Happiness  93%", "gender unsure"]);
});

test("the label of a face of poor quality has the reason instead", () => {
  const face = tracked({ reasons: ["blurred"], predictions: { emotion: predicted(happy) } });
  assert.deepEqual(labelLines(face, [EMOTION], 0), ["1", "Blurred: hold still"]);
});

test("an outdated prediction is not on the label", () => {
  const predictions = { emotion: predicted(happy), age: predicted({ id: 1, years: 31, low: 2, high: 50 }) };
  assert.deepEqual(labelLines(tracked({ predictions }), [AGE, EMOTION], 4100), ["1  Happiness  93%", "31 years"]);
  assert.deepEqual(labelLines(tracked({ predictions }), [AGE, EMOTION], 4200), ["1", "31 years"]);
  assert.deepEqual(labelLines(tracked({ predictions }), [AGE, EMOTION], 9000), ["1"]);
});

test("an outdated prediction is not described", () => {
  const face = tracked({ predictions: { emotion: predicted(happy) } });
  assert.equal(describeFaces([face], EMOTION, 4100), "One face in view. Face 1 looks like happiness.");
  assert.equal(describeFaces([face], EMOTION, 4200), "One face in view.");
});
