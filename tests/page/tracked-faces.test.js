import assert from "node:assert/strict";
import { test } from "node:test";
import { Faces, freshness } from "../../static/js/faces/tracked-faces.js";

const face = (id) => ({ id, box: [0, 0, 10, 10], score: 0.9, landmarks: null, quality: { ok: true, reasons: [] } });
const ack = (...ids) => ({ seq: 0, status: "analysed", faces: ids.map(face) });
const emotion = (seq, id, label, captured_at) => ({ seq, model: "emotion", captured_at, faces: [{ id, label, scores: {} }] });
const ids = (faces) => faces.list().map((seen) => seen.face.id);

test("faces are listed in the order of their ids, with their answers", () => {
  const faces = new Faces();
  faces.see(ack(2, 1), 0);
  faces.learn(emotion(0, 1, "fear", 0), 5);
  assert.deepEqual(ids(faces), [1, 2]);
  assert.equal(faces.list()[0].answers.get("emotion").result.label, "fear");
  assert.equal(faces.list()[1].answers.size, 0);
});

test("a face that is missed for a moment keeps its card, then goes with its answers", () => {
  const faces = new Faces();
  faces.see(ack(1), 0);
  faces.learn(emotion(0, 1, "fear", 0), 5);
  faces.see(ack(), 300);
  assert.deepEqual(ids(faces), [1]);
  assert.deepEqual(faces.inView(300), []);
  faces.see(ack(), 1000);
  assert.deepEqual(ids(faces), []);
});

test("an answer that comes before its face is kept for it", () => {
  const faces = new Faces();
  faces.learn(emotion(0, 1, "fear", 0), 5);
  assert.deepEqual(ids(faces), []);
  faces.see(ack(1), 10);
  assert.equal(faces.list()[0].answers.get("emotion").result.label, "fear");
});

test("an answer for a face that never shows up is forgotten", () => {
  const faces = new Faces();
  faces.learn(emotion(0, 1, "fear", 0), 5);
  faces.forget(6000);
  faces.see(ack(1), 6000);
  assert.equal(faces.list()[0].answers.size, 0);
});

test("an answer about an older frame does not replace a newer one", () => {
  const faces = new Faces();
  faces.see(ack(1), 0);
  faces.learn(emotion(7, 1, "fear", 0), 5);
  faces.learn(emotion(6, 1, "anger", 0), 6);
  assert.equal(faces.list()[0].answers.get("emotion").result.label, "fear");
});

test("where the frame named no time, an answer is as old as its arrival", () => {
  const faces = new Faces();
  faces.see(ack(1), 0);
  faces.learn(emotion(0, 1, "fear", undefined), 5);
  assert.equal(faces.list()[0].answers.get("emotion").capturedAt, 5);
});

test("when frames stop, faces are soon not drawn and later forgotten", () => {
  const faces = new Faces();
  faces.see(ack(1), 0);
  assert.equal(faces.inView(900).length, 1);
  assert.equal(faces.inView(1100).length, 0);
  faces.forget(5000);
  assert.deepEqual(ids(faces), [1]);
  faces.forget(6001);
  assert.deepEqual(ids(faces), []);
});

test("the time without a face counts from the first frame that showed none", () => {
  const faces = new Faces();
  assert.equal(faces.emptyFor(500), 0);
  faces.see(ack(), 1000);
  faces.see(ack(), 1500);
  assert.equal(faces.emptyFor(2000), 1000);
  faces.see(ack(1), 2500);
  assert.equal(faces.emptyFor(3000), 0);
});

test("an answer is fresh for one and a half intervals and a second, then fades", () => {
  assert.equal(freshness(1100, 100), 1);
  assert.equal(freshness(5000, 3000), 1);
  assert.equal(freshness(1150 + 1500, 100), 0.5);
  assert.equal(freshness(60_000, 100), 0);
});
