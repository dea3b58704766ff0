// @vladmandic/face-api: its expression and its age and gender network, on a face and behind its
// own detector and alignment, as its documentation chains them.

import { join } from "node:path";

import { answerAll, load, packages, prepareWasm } from "./tfjs.mjs";

const MODELS = "@vladmandic/face-api/model";

prepareWasm();
const faceapi = load("@vladmandic/face-api/dist/face-api.node-wasm.js");
const { tf, nets } = faceapi;
await tf.setBackend("wasm");
for (const name of ["faceExpressionNet", "ageGenderNet", "tinyFaceDetector", "faceLandmark68Net"]) {
  await nets[name].loadFromDisk(join(packages, MODELS));
}
// One face fills the picture: little detail and little certainty are enough to find it. Its other
// detector, SSD MobileNet, takes twenty times as long and finds fewer of such faces.
const detector = new faceapi.TinyFaceDetectorOptions({ inputSize: 160, scoreThreshold: 0.1 });

const align = (picture) => faceapi.detectSingleFace(picture, detector).withFaceLandmarks();
const files = (name) => [`${name}-weights_manifest.json`, `${name}.bin`].map((f) => `${MODELS}/${f}`);

/** The word with the highest score. */
const best = (scores) => ({ emotion: Object.entries(scores).reduce((a, b) => (b[1] > a[1] ? b : a))[0] });
const person = ({ age, gender }) => ({ years: age, gender });

await answerAll(tf, {
  emotion: {
    files: files("face_expression_model"),
    answer: async (picture) => best(await nets.faceExpressionNet.predictExpressions(picture)),
    find: async (picture) => {
      const face = await align(picture).withFaceExpressions();
      return face && best(face.expressions);
    },
  },
  "age and gender": {
    files: files("age_gender_model"),
    answer: async (picture) => person(await nets.ageGenderNet.predictAgeAndGender(picture)),
    find: async (picture) => {
      const face = await align(picture).withAgeAndGender();
      return face && person(face);
    },
  },
});
