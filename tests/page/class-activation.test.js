import assert from "node:assert/strict";
import { test } from "node:test";
import { cells, drawActivationMap, explainedModel } from "../../static/js/view/class-activation.js";

const AGE = { name: "age", kind: "measure", unit: "years", enabled: true, interval_ms: 3000, activation: true };
const GENDER = { name: "gender", kind: "classification", labels: ["female", "male"], enabled: true, interval_ms: 3000, activation: false };
const EMOTION = { ...GENDER, name: "emotion", labels: ["anger", "happiness"], interval_ms: 100, activation: true };
const OPTIONS = { models: [EMOTION], frameSide: 480, mirrored: false, explained: true, at: 0 };

globalThis.document = { createElement: () => ({ getContext: () => ({ fillRect() {} }) }) };

function tracked({ activation = { square: [240, 240, 96, 0], grid: [[1, 0], [0, -1]] }, ok = true } = {}) {
  const result = { id: 1, label: "happiness", confidence: 0.9, scores: {}, activation };
  const face = { id: 1, box: [192, 192, 96, 96], quality: { ok, reasons: ok ? [] : ["blurred"] } };
  return { face, seenAt: 0, inView: true, predictions: new Map([["emotion", { result, seq: 0, capturedAt: 0 }]]) };
}

/** What is drawn over a stage of 240 pixels: opacity, transform and place. */
function drawn(face, options = OPTIONS) {
  const layers = [];
  drawActivationMap({
    save() {},
    restore() {},
    transform(...matrix) { this.matrix = matrix; },
    drawImage(_, ...place) { layers.push({ alpha: this.globalAlpha, matrix: this.matrix, place }); },
  }, face, options, 240);
  return layers;
}

test("the lead model is explained if it supports it, else the first that does", () => {
  assert.equal(explainedModel([AGE, EMOTION]), EMOTION);
  assert.equal(explainedModel([GENDER, AGE, EMOTION]), AGE);
  assert.equal(explainedModel([AGE, { ...EMOTION, enabled: false }]), AGE);
  assert.equal(explainedModel([GENDER]), undefined);
});

test("evidence for and against the prediction has two colours, as opaque as it is strong; the rest is not drawn", () => {
  const [one, two, ...others] = cells([[0, 1], [-0.5, 0]]);
  assert.deepEqual([[one.x, one.y], [two.x, two.y]], [[1, 0], [0, 1]]);
  assert.notEqual(one.colour, two.colour);
  assert.equal(two.alpha, one.alpha / 2);
  assert.deepEqual(others, []);
});

test("the map covers the square of the crop, with a transparent margin of one cell", () => {
  assert.deepEqual(drawn(tracked()), [{ alpha: 1, matrix: [48, 0, -0, 48, 120, 120], place: [-1, -1, 2, 2] }]);
});

test("the map fades with the age of its frame", () => {
  const [{ alpha }] = drawn(tracked(), { ...OPTIONS, at: 1150 + 1500 });
  assert.equal(alpha, 0.5);
});

test("a prediction without a map, or a face of poor quality, is not explained", () => {
  assert.deepEqual(drawn(tracked({ activation: null })), []);
  assert.deepEqual(drawn(tracked({ ok: false })), []);
  assert.deepEqual(drawn(tracked(), { ...OPTIONS, models: [AGE] }), []);
});
