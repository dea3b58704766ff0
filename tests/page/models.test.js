import assert from "node:assert/strict";
import { test } from "node:test";
import { leadModel, withSettings, withStatus } from "../../static/js/settings/models.js";
import { RequestedSettings } from "../../static/js/settings/requested-settings.js";
import { labelColour, resultColour, videoColour } from "../../static/js/view/colours.js";

const AGE = { name: "age", kind: "measure", unit: "years", enabled: true, interval_ms: 3000, state: "available", message: "" };
const EMOTIONS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];
const EMOTION = { name: "emotion", kind: "classification", labels: EMOTIONS, enabled: true, interval_ms: 100 };
const WEATHER = { name: "weather", kind: "classification", labels: ["sun", "rain"] };

test("the first classification leads, else the first model, else none", () => {
  assert.equal(leadModel([AGE, EMOTION]), EMOTION);
  assert.equal(leadModel([AGE]), AGE);
  assert.equal(leadModel([]), undefined);
});

test("requested settings are merged and sent only for models of the session", () => {
  const requested = new RequestedSettings({ mirror: true })
    .with({ models: { emotion: { interval_ms: 50 } } })
    .with({ models: { emotion: { enabled: false }, gone: { enabled: false } }, smoothing: false });
  assert.deepEqual(requested.for([EMOTION, AGE]), {
    mirror: true,
    smoothing: false,
    models: { emotion: { interval_ms: 50, enabled: false } },
  });
  assert.deepEqual(requested.for([AGE]), { mirror: true, smoothing: false });
});

test("requested settings can be reverted", () => {
  const previous = new RequestedSettings();
  previous.with({ smoothing: false });
  assert.deepEqual(previous.for([]), {});
});

test("models take confirmed settings and changes of state", () => {
  assert.equal(withSettings([AGE], { age: { enabled: false, interval_ms: 9 } })[0].interval_ms, 9);
  const [age] = withStatus([AGE], { model: "age", state: "unavailable", message: "gone" });
  assert.deepEqual([age.state, age.message], ["unavailable", "gone"]);
  assert.equal(AGE.state, "available");
});

test("each emotion has a colour of its own", () => {
  const colours = EMOTIONS.map((label) => videoColour(labelColour(EMOTION, label)));
  assert.equal(new Set(colours).size, EMOTIONS.length);
});

test("unknown labels get colours too, and unsure gets none", () => {
  assert.notEqual(labelColour(WEATHER, "sun"), labelColour(WEATHER, "rain"));
  assert.equal(labelColour(EMOTION, "unsure"), "plain");
  assert.equal(resultColour(AGE, { id: 1, years: 3, low: 1, high: 5 }), "plain");
});
