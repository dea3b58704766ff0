import assert from "node:assert/strict";
import { test } from "node:test";
import { Overlay } from "../../static/js/view/overlay.js";
import { colourOverVideo } from "../../static/js/view/colours.js";

const EMOTION = { name: "emotion", kind: "classification", labels: ["happiness"], enabled: true, interval_ms: 100 };
const HAPPY = { id: 1, label: "happiness", confidence: 0.93, scores: { happiness: 0.93 } };

globalThis.window = { devicePixelRatio: 1 };

/** The colours in which lines are drawn around a face that was answered at 0. */
function colours(at) {
  const seenColours = new Set();
  const context = new Proxy({}, {
    get: (_, name) => (name === "measureText" ? () => ({ width: 50 }) : () => {}),
    set: (_, name, value) => (name === "strokeStyle" && seenColours.add(value), true),
  });
  const face = { id: 1, box: [100, 100, 100, 100], quality: { ok: true, reasons: [] } };
  const answers = new Map([["emotion", { result: HAPPY, seq: 0, capturedAt: 0 }]]);
  new Overlay({ clientWidth: 480, getContext: () => context }).draw(
    [{ face, seenAt: at, inView: true, answers }],
    { models: [EMOTION], frameSide: 480, mirrored: false, explaining: false, at },
  );
  return [...seenColours];
}

test("a face has the colour of its answer while that counts, and none after", () => {
  assert.deepEqual(colours(100), [colourOverVideo("amber")]);
  assert.deepEqual(colours(4200), [colourOverVideo("plain")]);
});
