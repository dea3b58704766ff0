import assert from "node:assert/strict";
import { test } from "node:test";
import { leadModel, Wishes, withSettings, withStatus } from "../../static/js/settings/models.js";
import { colourOverVideo, toneOf, toneOfResult } from "../../static/js/view/colours.js";

const AGE = { name: "age", kind: "measure", unit: "years", enabled: true, interval_ms: 3000, state: "available", message: "" };
const EMOTIONS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];
const EMOTION = { name: "emotion", kind: "classification", labels: EMOTIONS, enabled: true, interval_ms: 100 };
const WEATHER = { name: "weather", kind: "classification", labels: ["sun", "rain"] };

test("the first classification leads, else the first model, else none", () => {
  assert.equal(leadModel([AGE, EMOTION]), EMOTION);
  assert.equal(leadModel([AGE]), AGE);
  assert.equal(leadModel([]), undefined);
});

test("wishes are merged and asked only of models that the session has", () => {
  const wishes = new Wishes({ mirror: true })
    .with({ models: { emotion: { interval_ms: 50 } } })
    .with({ models: { emotion: { enabled: false }, gone: { enabled: false } }, smoothing: false });
  assert.deepEqual(wishes.for([EMOTION, AGE]), {
    mirror: true,
    smoothing: false,
    models: { emotion: { interval_ms: 50, enabled: false } },
  });
  assert.deepEqual(wishes.for([AGE]), { mirror: true, smoothing: false });
});

test("wishes can be taken back", () => {
  const before = new Wishes();
  before.with({ smoothing: false });
  assert.deepEqual(before.for([]), {});
});

test("models take the settings that hold and the state that changes", () => {
  assert.equal(withSettings([AGE], { age: { enabled: false, interval_ms: 9 } })[0].interval_ms, 9);
  const [age] = withStatus([AGE], { model: "age", state: "unavailable", message: "gone" });
  assert.deepEqual([age.state, age.message], ["unavailable", "gone"]);
  assert.equal(AGE.state, "available");
});

test("each emotion has a colour of its own", () => {
  const colours = EMOTIONS.map((label) => colourOverVideo(toneOf(EMOTION, label)));
  assert.equal(new Set(colours).size, EMOTIONS.length);
});

test("labels that nobody foresaw get colours too, and unsure gets none", () => {
  assert.notEqual(toneOf(WEATHER, "sun"), toneOf(WEATHER, "rain"));
  assert.equal(toneOf(EMOTION, "unsure"), "plain");
  assert.equal(toneOfResult(AGE, { id: 1, years: 3, low: 1, high: 5 }), "plain");
});
