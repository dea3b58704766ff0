import assert from "node:assert/strict";
import { test } from "node:test";
import { Faces } from "../../static/js/faces/tracked-faces.js";
import { standstill, startingHint, viewHint } from "../../static/js/view/video-hint.js";

const face = (id, ...reasons) => ({ id, box: [0, 0, 1, 1], quality: { ok: reasons.length === 0, reasons } });

const WELL = { connection: "connected", detector: "off", waitingSince: null };

/** What stands in the way where pictures come and all is as it should be, but for `trouble`. */
const wrong = (at, trouble = {}) => standstill({ ...WELL, pictureAt: at, ...trouble }, at);

function after(at, ...list) {
  const faces = new Faces();
  faces.see({ faces: list }, at);
  return faces;
}

test("a browser that keeps the camera to itself may be asking something", () => {
  assert.equal(startingHint(300), "");
  assert.match(startingHint(1500), /asking/);
});

test("without a connection nobody looks", () => {
  assert.match(wrong(0, { connection: "reconnecting" }), /lost/);
  assert.equal(wrong(0, { connection: "ended" }), "Paused");
});

test("where all is well nothing stands in the way", () => {
  assert.equal(wrong(9000), "");
  assert.equal(wrong(9000, { detector: "on" }), "");
});

test("an empty view is mentioned after a moment", () => {
  const faces = after(0);
  assert.equal(viewHint(faces, 500), "");
  assert.match(viewHint(faces, 1200), /No face in view/);
});

test("a reason is shown when it holds for all faces", () => {
  assert.equal(viewHint(after(0, face(1, "too_small")), 10), "Come closer");
  assert.equal(viewHint(after(0, face(1, "too_small"), face(2)), 10), "");
});

test("before the first frame, and of faces that are well in view, there is no hint", () => {
  assert.equal(viewHint(new Faces(), 0), "");
  assert.equal(viewHint(after(0, face(1)), 10), "");
});

test("a server that does not answer is mentioned", () => {
  assert.equal(wrong(2000, { waitingSince: 0 }), "");
  assert.match(wrong(3000, { waitingSince: 0 }), /server is slow/);
});

test("a camera that gives no pictures is named, and the server not blamed for it", () => {
  assert.equal(wrong(3000, { pictureAt: 0 }), "The camera gives no picture");
  assert.equal(wrong(3000, { pictureAt: 0, waitingSince: 0 }), "The camera gives no picture");
});

test("while nothing is sent the reason is known", () => {
  assert.equal(wrong(9000, { detector: "loading" }), "Loading the detector …");
  assert.equal(wrong(9000, { detector: "failed" }), "No pictures are sent");
});
