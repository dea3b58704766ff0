import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraProblem } from "../../static/js/camera/camera.js";

const say = (name, change = {}) => cameraProblem({ name, secure: true, supported: true, host: "box:5000", ...change });

test("each trouble has a sentence that says what to do", () => {
  assert.match(say("NotAllowedError"), /refused.*Allow it/);
  assert.match(say("NotFoundError"), /No camera was found.*Plug one in/);
  assert.match(say("NotReadableError"), /busy.*Close other programs/);
  assert.match(say("TrackEnded"), /went away.*Plug it in/);
  assert.match(say("SomethingNew"), /could not be started/);
});

test("plain HTTP from another machine is named before anything else", () => {
  const sentence = say("NotAllowedError", { secure: false, supported: false });
  assert.match(sentence, /HTTPS=1/);
  assert.match(sentence, /https:\/\/box:5000/);
  assert.match(sentence, /http:\/\/localhost/);
});

test("a browser without cameras is named", () => {
  assert.match(say("TypeError", { supported: false }), /offers no camera/);
});
