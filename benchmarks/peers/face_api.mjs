// @vladmandic/face-api: its expression network and its age and gender network, on a face, and after
// its own detector and alignment, chained as in its documentation.

import { join } from "node:path";

import { load, packages, predictAll, prepareWasm } from "./tfjs.mjs";

const MODELS = "@vladmandic/face-api/model";

prepareWasm();
const faceapi = load("@vladmandic/face-api/dist/face-api.node-wasm.js");
const { tf, nets } = faceapi;
await tf.setBackend("wasm");
for (const name of ["faceExpressionNet", "ageGenderNet", "tinyFaceDetector", "faceLandmark68Net"]) {
  await nets[name].loadFromDisk(join(packages, MODELS));
}
// One face fills the image, so a small input and a low threshold are enough. Its other detector,
// SSD MobileNet, takes twenty times as long and finds fewer of these faces.
const detector = new faceapi.TinyFaceDetectorOptions({ inputSize: 160, scoreThreshold: 0.1 });

const align = (image) => faceapi.detectSingleFace(image, detector).withFaceLandmarks();
const files = (name) => [`${name}-weights_manifest.json`, `${name}.bin`].map((f) => `${MODELS}/${f}`);

/** The word with the highest score. */
const best = (scores) => ({ emotion: Object.entries(scores).reduce((a, b) => (b[1] > a[1] ? b : a))[0] });
const person = ({ age, gender }) => ({ years: age, gender });

await predictAll(tf, {
  emotion: {
    files: files("face_expression_model"),
    predict: async (image) => best(await nets.faceExpressionNet.predictExpressions(image)),
    detectAndPredict: async (image) => {
      const face = await align(image).withFaceExpressions();
      return face && best(face.expressions);
    },
  },
  "age and gender": {
    files: files("age_gender_model"),
    predict: async (image) => person(await nets.ageGenderNet.predictAgeAndGender(image)),
    detectAndPredict: async (image) => {
      const face = await align(image).withAgeAndGender();
      return face && person(face);
    },
  },
});
