import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInterval, readUrlOptions } from "../../static/js/settings/url-options.js";

test("the interval is read from the address", () => {
  assert.deepEqual(readUrlOptions("?interval=100&token=x"), { interval: 100 });
  assert.deepEqual(readUrlOptions(""), { interval: null });
});

test("an interval is a whole number within the protocol's limits, or null", () => {
  assert.equal(parseInterval("0"), 0);
  assert.equal(parseInterval("99.6"), 100);
  assert.equal(parseInterval("9999999"), 600_000);
  for (const text of ["", " ", "-1", "soon", "Infinity", null]) assert.equal(parseInterval(text), null);
});
