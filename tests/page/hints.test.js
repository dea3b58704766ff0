import assert from "node:assert/strict";
import { test } from "node:test";
import { Faces } from "../../static/js/faces.js";
import { stageHint } from "../../static/js/hints.js";

const face = (id, ...reasons) => ({ id, box: [0, 0, 1, 1], quality: { ok: reasons.length === 0, reasons } });

function after(at, ...list) {
  const faces = new Faces();
  faces.see({ faces: list }, at);
  return faces;
}

test("without a connection the hint says so", () => {
  assert.match(stageHint("reconnecting", new Faces(), 0), /lost/);
  assert.equal(stageHint("ended", new Faces(), 0), "Paused");
});

test("an empty view is mentioned after a moment", () => {
  const faces = after(0);
  assert.equal(stageHint("connected", faces, 500), "");
  assert.match(stageHint("connected", faces, 1200), /No face in view/);
});

test("a reason is shown when it holds for all faces", () => {
  assert.equal(stageHint("connected", after(0, face(1, "too_small")), 10), "Come closer");
  assert.equal(stageHint("connected", after(0, face(1, "too_small"), face(2)), 10), "");
});

test("before the first frame, and while all is well, there is no hint", () => {
  assert.equal(stageHint("connected", new Faces(), 0), "");
  assert.equal(stageHint("connected", after(0, face(1)), 10), "");
});

test("a server that does not answer is mentioned", () => {
  assert.match(stageHint("connected", after(0, face(1)), 3000), /slow/);
});
