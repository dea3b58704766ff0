import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraErrorText } from "../../static/js/camera/camera.js";

const text = (name, change = {}) => cameraErrorText({ name, secure: true, supported: true, host: "box:5000", port: "5000", ...change });

test("each error has a text that says what to do", () => {
  assert.match(text("NotAllowedError"), /denied.*Allow it/);
  assert.match(text("NotFoundError"), /No camera was found.*Connect one/);
  assert.match(text("NotReadableError"), /in use.*Close other programs/);
  assert.match(text("TrackEnded"), /stopped.*start it again/);
  assert.match(text("SomethingNew"), /could not be started/);
});

test("plain HTTP from another machine is reported before anything else", () => {
  const sentence = text("NotAllowedError", { secure: false, supported: false });
  assert.match(sentence, /HTTPS=1/);
  assert.match(sentence, /https:\/\/box:5000/);
  assert.match(sentence, /http:\/\/localhost:5000 /);
  assert.match(text("", { secure: false, port: "" }), /http:\/\/localhost on/);
});

test("a browser without camera support is reported", () => {
  assert.match(text("TypeError", { supported: false }), /does not support cameras/);
});
