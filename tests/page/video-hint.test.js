import assert from "node:assert/strict";
import { test } from "node:test";
import { TrackedFaces } from "../../static/js/faces/tracked-faces.js";
import { blockedHint, startingHint, facesHint } from "../../static/js/view/video-hint.js";

const face = (id, ...reasons) => ({ id, box: [0, 0, 1, 1], quality: { ok: reasons.length === 0, reasons } });

const WORKING = { connection: "connected", detector: "off", waitingSince: null };

/** The hint of a pipeline that works, except for `change`. */
const hint = (at, change = {}) => blockedHint({ ...WORKING, imageAt: at, ...change }, at);

function after(at, ...list) {
  const faces = new TrackedFaces();
  faces.update({ faces: list }, at);
  return faces;
}

test("a browser that does not start the camera may be asking for permission", () => {
  assert.equal(startingHint(300), "");
  assert.match(startingHint(1500), /if your browser asks/);
});

test("a missing connection is reported", () => {
  assert.match(hint(0, { connection: "reconnecting" }), /Connection lost/);
  assert.equal(hint(0, { connection: "ended" }), "Paused");
});

test("there is no hint while frames are analysed", () => {
  assert.equal(hint(9000), "");
  assert.equal(hint(9000, { detector: "on" }), "");
});

test("an empty view is reported after a moment", () => {
  const faces = after(0);
  assert.equal(facesHint(faces, 500), "");
  assert.match(facesHint(faces, 1200), /No face in view/);
});

test("a quality reason is shown if it holds for all faces", () => {
  assert.equal(facesHint(after(0, face(1, "too_small")), 10), "Come closer");
  assert.equal(facesHint(after(0, face(1, "too_small"), face(2)), 10), "");
});

test("there is no hint before the first frame, nor for faces of good quality", () => {
  assert.equal(facesHint(new TrackedFaces(), 0), "");
  assert.equal(facesHint(after(0, face(1)), 10), "");
});

test("a server that does not respond is reported", () => {
  assert.equal(hint(2000, { waitingSince: 0 }), "");
  assert.match(hint(3000, { waitingSince: 0 }), /server is slow/);
});

test("a camera without images is reported, and the server not blamed for it", () => {
  assert.equal(hint(3000, { imageAt: 0 }), "The camera sends no image. Check that it is switched on.");
  assert.equal(hint(3000, { imageAt: 0, waitingSince: 0 }), "The camera sends no image. Check that it is switched on.");
});

test("while the detector sends nothing, the reason is shown", () => {
  assert.equal(hint(9000, { detector: "loading" }), "Loading the face detector…");
  assert.equal(hint(9000, { detector: "failed" }), "Face detection failed. No images are sent.");
});
