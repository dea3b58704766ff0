import assert from "node:assert/strict";
import { test } from "node:test";
import { readInterval, readOptions } from "../../static/js/settings/url-options.js";

test("the interval is read from the address", () => {
  assert.deepEqual(readOptions("?interval=100&token=x"), { interval: 100 });
  assert.deepEqual(readOptions(""), { interval: null });
});

test("an interval is a whole number within the protocol's bounds, or nothing", () => {
  assert.equal(readInterval("0"), 0);
  assert.equal(readInterval("99.6"), 100);
  assert.equal(readInterval("9999999"), 600_000);
  for (const text of ["", " ", "-1", "soon", "Infinity", null]) assert.equal(readInterval(text), null);
});
