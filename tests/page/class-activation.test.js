import assert from "node:assert/strict";
import { test } from "node:test";
import { cells, drawActivation, explainedModel } from "../../static/js/view/class-activation.js";

const AGE = { name: "age", kind: "measure", unit: "years", enabled: true, interval_ms: 3000, activation: true };
const GENDER = { name: "gender", kind: "classification", labels: ["female", "male"], enabled: true, interval_ms: 3000, activation: false };
const EMOTION = { ...GENDER, name: "emotion", labels: ["anger", "happiness"], interval_ms: 100, activation: true };
const VIEW = { models: [EMOTION], frameSide: 480, mirrored: false, explaining: true, at: 0 };

globalThis.document = { createElement: () => ({ getContext: () => ({ fillRect() {} }) }) };

function seen({ activation = { square: [240, 240, 96, 0], grid: [[1, 0], [0, -1]] }, ok = true } = {}) {
  const result = { id: 1, label: "happiness", confidence: 0.9, scores: {}, activation };
  const face = { id: 1, box: [192, 192, 96, 96], quality: { ok, reasons: ok ? [] : ["blurred"] } };
  return { face, seenAt: 0, inView: true, answers: new Map([["emotion", { result, seq: 0, capturedAt: 0 }]]) };
}

/** What is laid over a stage of 240 pixels: how strongly, by which transformation, and where. */
function drawn(face, view = VIEW) {
  const layers = [];
  drawActivation({
    save() {},
    restore() {},
    transform(...matrix) { this.matrix = matrix; },
    drawImage(_, ...place) { layers.push({ alpha: this.globalAlpha, matrix: this.matrix, place }); },
  }, face, view, 240);
  return layers;
}

test("the leading model is explained where it can be, else the first that can", () => {
  assert.equal(explainedModel([AGE, EMOTION]), EMOTION);
  assert.equal(explainedModel([GENDER, AGE, EMOTION]), AGE);
  assert.equal(explainedModel([AGE, { ...EMOTION, enabled: false }]), AGE);
  assert.equal(explainedModel([GENDER]), undefined);
});

test("what spoke for and against the answer has two colours, as strong as it is, the rest none", () => {
  const [one, two, ...others] = cells([[0, 1], [-0.5, 0]]);
  assert.deepEqual([[one.x, one.y], [two.x, two.y]], [[1, 0], [0, 1]]);
  assert.notEqual(one.colour, two.colour);
  assert.equal(two.alpha, one.alpha / 2);
  assert.deepEqual(others, []);
});

test("the layer covers the square of the crop and ends softly in a rim of one place", () => {
  assert.deepEqual(drawn(seen()), [{ alpha: 1, matrix: [48, 0, -0, 48, 120, 120], place: [-1, -1, 2, 2] }]);
});

test("the layer fades with the age of its frame", () => {
  const [{ alpha }] = drawn(seen(), { ...VIEW, at: 1150 + 1500 });
  assert.equal(alpha, 0.5);
});

test("an answer that is not explained, or a face that cannot be judged, has no layer", () => {
  assert.deepEqual(drawn(seen({ activation: null })), []);
  assert.deepEqual(drawn(seen({ ok: false })), []);
  assert.deepEqual(drawn(seen(), { ...VIEW, models: [AGE] }), []);
});
