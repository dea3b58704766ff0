// @vladmandic/human: its default emotion network and its default network for age and gender, on a
// face, and after its own detector. Inputs are prepared as in src/gear/emotion.ts and
// src/face/faceres.ts of the package.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { load, packages, predictAll, prepareWasm } from "./tfjs.mjs";

const MODELS = "@vladmandic/human/models";
const EMOTIONS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];
const off = { enabled: false };

// The WebAssembly build fetches its models, which Node cannot do for files.
globalThis.fetch = async (url) => new Response(readFileSync(new URL(String(url))));

const { Human } = load("@vladmandic/human/dist/human.node-wasm.js");
const human = new Human({
  backend: "wasm",
  wasmPath: prepareWasm(),
  modelBasePath: `file://${join(packages, MODELS)}/`,
  async: false,
  cacheSensitivity: 0,
  filter: off,
  gesture: off,
  body: off,
  hand: off,
  face: {
    mesh: off,
    iris: off,
    emotion: { enabled: true, minConfidence: 0 },
    description: { enabled: true, minConfidence: 0 },
  },
});
await human.load();
const { tf, config } = human;
const { emotion, faceres } = human.models.models;
const files = (name) => [`${MODELS}/${name}.json`, `${MODELS}/${name}.bin`];

const largest = (values) => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** Runs the detector and one of the two networks; returns null without a face. */
async function detect(image, name) {
  for (const network of ["emotion", "description"]) {
    config.face[network].enabled = network === name;
  }
  const { face } = await human.detect(image);
  return face[0] ?? null;
}

async function predictEmotion(image) {
  const scores = tf.tidy(() => {
    const grey = tf.mean(tf.image.resizeBilinear(image, [64, 64]), 3, true);
    return emotion.execute(tf.sub(tf.div(grey, 127.5), 1));
  });
  const values = await scores.data();
  scores.dispose();
  return { emotion: EMOTIONS[largest(values)] };
}

/** The most likely year, shifted towards its more likely neighbour. */
function years(bins) {
  const top = largest(bins);
  const [before, after] = [bins[top - 1] ?? 0, bins[top + 1] ?? 0];
  return before > after ? top - 10 * before : top + 10 * after;
}

async function predictAgeAndGender(image) {
  const outputs = tf.tidy(() => faceres.execute(tf.image.resizeBilinear(image, [224, 224])));
  const output = (width) => outputs.find(({ shape }) => shape[1] === width).data();
  const [[male], bins] = await Promise.all([output(1), output(100)]);
  outputs.forEach((tensor) => tensor.dispose());
  return { years: years(bins), gender: male <= 0.5 ? "female" : "male" };
}

await predictAll(tf, {
  emotion: {
    files: files("emotion"),
    predict: predictEmotion,
    detectAndPredict: async (image) => {
      const face = await detect(image, "emotion");
      return face && { emotion: face.emotion[0].emotion };
    },
  },
  "age and gender": {
    files: files("faceres"),
    predict: predictAgeAndGender,
    detectAndPredict: async (image) => {
      const face = await detect(image, "description");
      return face?.age && face.gender ? { years: face.age, gender: face.gender } : null;
    },
  },
});
