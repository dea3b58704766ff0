import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInterval, parseRotation, readUrlOptions } from "../../static/js/settings/url-options.js";

test("interval and rotation are read from the address", () => {
  assert.deepEqual(readUrlOptions("?interval=100&token=x"), { interval: 100, rotate: 0 });
  assert.deepEqual(readUrlOptions("?rotate=270"), { interval: null, rotate: 270 });
  assert.deepEqual(readUrlOptions(""), { interval: null, rotate: 0 });
});

test("a rotation is a quarter turn, or 0", () => {
  assert.deepEqual(["90", "180", "270"].map(parseRotation), [90, 180, 270]);
  for (const text of ["", "0", "45", "-90", "360", "left", null]) assert.equal(parseRotation(text), 0);
});

test("an interval is a whole number within the protocol's limits, or null", () => {
  assert.equal(parseInterval("0"), 0);
  assert.equal(parseInterval("99.6"), 100);
  assert.equal(parseInterval("9999999"), 600_000);
  for (const text of ["", " ", "-1", "soon", "Infinity", null]) assert.equal(parseInterval(text), null);
});
