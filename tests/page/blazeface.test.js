import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, letterbox, toInput } from "../../static/js/detector/blazeface.js";

const CELLS = 48 * 48;
const WHOLE = letterbox(192, 192, 0);

/** Output of the model in which these cells detect a face of 40 pixels around their centre. */
function output(cells) {
  const regressors = new Float32Array(CELLS * 16);
  const logits = new Float32Array(CELLS).fill(-10);
  for (const [column, row, logit] of cells) {
    const cell = row * 48 + column;
    logits[cell] = logit;
    regressors.set([0, 0, 40, 40, -8, -6, 8, -6, 0, 2, 0, 9], cell * 16);
  }
  return [regressors, logits];
}

test("a square image fills the input, a wide one is centred", () => {
  assert.deepEqual(letterbox(480, 480, 0), { scale: 0.4, left: 0, top: 0, width: 192, height: 192 });
  assert.deepEqual(letterbox(640, 480, 0), { scale: 0.3, left: 0, top: 24, width: 192, height: 144 });
});

test("with a margin of one, the image takes a third of the input", () => {
  assert.deepEqual(letterbox(480, 480, 1), { scale: 192 / 1440, left: 64, top: 64, width: 64, height: 64 });
});

test("bytes become numbers from -1 to 1, without alpha", () => {
  assert.deepEqual([...toInput(new Uint8ClampedArray([0, 255, 255, 255, 255, 0, 0, 255]))], [-1, 1, 1, 1, -1, -1]);
});

test("a cell's face is found around the cell's centre, with four landmarks", () => {
  const [face] = decode(...output([[10, 20, 3]]), WHOLE);
  assert.deepEqual(face.box, [22, 62, 40, 40]);
  assert.deepEqual(face.landmarks, [[34, 76], [50, 76], [42, 84], [42, 91]]);
  assert.ok(Math.abs(face.score - 1 / (1 + Math.exp(-3))) < 1e-6);
});

test("boxes are in pixels of the image", () => {
  const [face] = decode(...output([[24, 24, 3]]), letterbox(480, 480, 0));
  assert.deepEqual(face.box.map(Math.round), [195, 195, 100, 100]);
  const [small] = decode(...output([[24, 24, 3]]), letterbox(480, 480, 1));
  assert.deepEqual(small.box.map(Math.round), [105, 105, 300, 300]);
});

test("cells that detect the same face are merged, weighted by score", () => {
  const faces = decode(...output([[10, 20, 2], [11, 20, 2]]), WHOLE);
  assert.equal(faces.length, 1);
  assert.ok(Math.abs(faces[0].box[0] - 24) < 1e-4);
});

test("two faces stay two, the better one first", () => {
  const faces = decode(...output([[5, 20, 2], [40, 20, 4]]), WHOLE);
  assert.deepEqual(faces.map((face) => face.box[0]), [142, 2]);
});

test("a cell below the score threshold is not a face", () => {
  assert.deepEqual(decode(...output([[5, 5, 0.4]]), WHOLE), []);
});
