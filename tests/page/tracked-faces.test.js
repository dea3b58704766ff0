import assert from "node:assert/strict";
import { test } from "node:test";
import { freshness } from "../../static/js/faces/face-prediction.js";
import { TrackedFaces } from "../../static/js/faces/tracked-faces.js";

const face = (id) => ({ id, box: [0, 0, 10, 10], score: 0.9, landmarks: null, quality: { ok: true, reasons: [] } });
const ack = (...ids) => ({ seq: 0, status: "analysed", faces: ids.map(face) });
const emotion = (seq, id, label, captured_at) => ({ seq, model: "emotion", captured_at, faces: [{ id, label, scores: {} }] });
const ids = (faces) => faces.list().map((tracked) => tracked.face.id);

test("faces are listed in the order of their ids, with their predictions", () => {
  const faces = new TrackedFaces();
  faces.update(ack(2, 1), 0);
  faces.addPrediction(emotion(0, 1, "fear", 0), 5);
  assert.deepEqual(ids(faces), [1, 2]);
  assert.equal(faces.list()[0].predictions.get("emotion").result.label, "fear");
  assert.equal(faces.list()[1].predictions.size, 0);
});

test("a face that is missed for a moment stays, then leaves", () => {
  const faces = new TrackedFaces();
  faces.update(ack(1), 0);
  faces.addPrediction(emotion(0, 1, "fear", 0), 5);
  faces.update(ack(), 300);
  assert.deepEqual(ids(faces), [1]);
  assert.deepEqual(faces.inView(300), []);
  faces.update(ack(), 1000);
  assert.deepEqual(ids(faces), []);
});

test("a face that returns within some seconds has its predictions again", () => {
  const faces = new TrackedFaces();
  faces.update(ack(1), 0);
  faces.addPrediction(emotion(0, 1, "fear", 0), 5);
  faces.update(ack(), 1000);
  faces.update(ack(1), 4000);
  assert.equal(faces.list()[0].predictions.get("emotion").result.label, "fear");
});

test("the predictions about a face that left are removed", () => {
  const faces = new TrackedFaces();
  faces.update(ack(1), 0);
  faces.addPrediction(emotion(0, 1, "fear", 0), 5);
  faces.update(ack(), 1000);
  faces.update(ack(), 6000);
  faces.update(ack(1), 6001);
  assert.equal(faces.list()[0].predictions.size, 0);
});

test("a prediction that comes before its face is kept for it", () => {
  const faces = new TrackedFaces();
  faces.addPrediction(emotion(0, 1, "fear", 0), 5);
  assert.deepEqual(ids(faces), []);
  faces.update(ack(1), 10);
  assert.equal(faces.list()[0].predictions.get("emotion").result.label, "fear");
});

test("a prediction for a face that never appears is removed", () => {
  const faces = new TrackedFaces();
  faces.addPrediction(emotion(0, 1, "fear", 0), 5);
  faces.expire(6000);
  faces.update(ack(1), 6000);
  assert.equal(faces.list()[0].predictions.size, 0);
});

test("a prediction for an older frame does not replace a newer one", () => {
  const faces = new TrackedFaces();
  faces.update(ack(1), 0);
  faces.addPrediction(emotion(7, 1, "fear", 0), 5);
  faces.addPrediction(emotion(6, 1, "anger", 0), 6);
  assert.equal(faces.list()[0].predictions.get("emotion").result.label, "fear");
});

test("without a capture time, a prediction is as old as its arrival", () => {
  const faces = new TrackedFaces();
  faces.update(ack(1), 0);
  faces.addPrediction(emotion(0, 1, "fear", undefined), 5);
  assert.equal(faces.list()[0].predictions.get("emotion").capturedAt, 5);
});

test("when acks stop, faces are soon not drawn and later removed", () => {
  const faces = new TrackedFaces();
  faces.update(ack(1), 0);
  assert.equal(faces.inView(900).length, 1);
  assert.equal(faces.inView(1100).length, 0);
  faces.expire(5000);
  assert.deepEqual(ids(faces), [1]);
  faces.expire(6001);
  assert.deepEqual(ids(faces), []);
});

test("the time without a face is measured from the first frame without one", () => {
  const faces = new TrackedFaces();
  assert.equal(faces.emptyFor(500), 0);
  faces.update(ack(), 1000);
  faces.update(ack(), 1500);
  assert.equal(faces.emptyFor(2000), 1000);
  faces.update(ack(1), 2500);
  assert.equal(faces.emptyFor(3000), 0);
});

test("a prediction is fresh for one and a half intervals and a second, then fades", () => {
  assert.equal(freshness(1100, 100), 1);
  assert.equal(freshness(5000, 3000), 1);
  assert.equal(freshness(1150 + 1500, 100), 0.5);
  assert.equal(freshness(60_000, 100), 0);
});
