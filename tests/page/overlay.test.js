import assert from "node:assert/strict";
import { test } from "node:test";
import { Overlay } from "../../static/js/view/overlay.js";
import { videoColour } from "../../static/js/view/colours.js";

const EMOTION = { name: "emotion", kind: "classification", labels: ["happiness"], enabled: true, interval_ms: 100 };
const HAPPY = { id: 1, label: "happiness", confidence: 0.93, scores: { happiness: 0.93 } };

globalThis.window = { devicePixelRatio: 1 };

/** The colours of the lines around a face whose prediction is from time 0. */
function colours(at) {
  const seenColours = new Set();
  const context = new Proxy({}, {
    get: (_, name) => (name === "measureText" ? () => ({ width: 50 }) : () => {}),
    set: (_, name, value) => (name === "strokeStyle" && seenColours.add(value), true),
  });
  const face = { id: 1, box: [100, 100, 100, 100], quality: { ok: true, reasons: [] } };
  const predictions = new Map([["emotion", { result: HAPPY, seq: 0, capturedAt: 0 }]]);
  new Overlay({ clientWidth: 480, getContext: () => context }).draw(
    [{ face, seenAt: at, inView: true, predictions }],
    { models: [EMOTION], frameSide: 480, mirrored: false, explained: false, at },
  );
  return [...seenColours];
}

test("a face has the colour of its prediction until that is outdated", () => {
  assert.deepEqual(colours(100), [videoColour("amber")]);
  assert.deepEqual(colours(4200), [videoColour("plain")]);
});
