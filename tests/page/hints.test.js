import assert from "node:assert/strict";
import { test } from "node:test";
import { Faces } from "../../static/js/faces.js";
import { stageHint } from "../../static/js/hints.js";

const face = (id, ...reasons) => ({ id, box: [0, 0, 1, 1], quality: { ok: reasons.length === 0, reasons } });

const WELL = { connection: "connected", detector: "off", waitingSince: null };

/** The hint where pictures come and all is as it should be, but for `trouble`. */
const say = (at, faces, trouble = {}) => stageHint({ ...WELL, pictureAt: at, faces, ...trouble }, at);

function after(at, ...list) {
  const faces = new Faces();
  faces.see({ faces: list }, at);
  return faces;
}

test("without a connection the hint says so", () => {
  assert.match(say(0, new Faces(), { connection: "reconnecting" }), /lost/);
  assert.equal(say(0, new Faces(), { connection: "ended" }), "Paused");
});

test("an empty view is mentioned after a moment", () => {
  const faces = after(0);
  assert.equal(say(500, faces), "");
  assert.match(say(1200, faces), /No face in view/);
});

test("a reason is shown when it holds for all faces", () => {
  assert.equal(say(10, after(0, face(1, "too_small"))), "Come closer");
  assert.equal(say(10, after(0, face(1, "too_small"), face(2))), "");
});

test("before the first frame, and while all is well, there is no hint", () => {
  assert.equal(say(0, new Faces()), "");
  assert.equal(say(10, after(0, face(1))), "");
});

test("a server that does not answer is mentioned", () => {
  assert.equal(say(2000, after(0, face(1)), { waitingSince: 0 }), "");
  assert.match(say(3000, after(0, face(1)), { waitingSince: 0 }), /server is slow/);
});

test("a camera that gives no pictures is named, and the server not blamed for it", () => {
  assert.equal(say(3000, after(0, face(1)), { pictureAt: 0 }), "The camera gives no picture");
  assert.equal(say(3000, new Faces(), { pictureAt: 0, waitingSince: 0 }), "The camera gives no picture");
});

test("while nothing is sent the hint says why", () => {
  assert.equal(say(9000, after(0, face(1)), { detector: "loading" }), "Loading the detector …");
  assert.equal(say(9000, after(0, face(1)), { detector: "failed" }), "No pictures are sent");
  assert.equal(say(10, after(0, face(1)), { detector: "on" }), "");
});
