import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import * as strings from "../../static/js/strings.js";

const SCRIPTS = new URL("../../static/js/", import.meta.url);

test("labels and shares are readable", () => {
  assert.equal(strings.capitalized("happiness"), "Happiness");
  assert.equal(strings.capitalized("too_tired"), "Too tired");
  assert.equal(strings.percent(0.934), "93%");
});

test("each quality reason of the protocol has a hint that says what to do", () => {
  for (const reason of ["too_small", "too_dark", "too_bright", "blurred", "turned_away", "unusual"]) {
    assert.notEqual(strings.qualityHint([reason]), strings.capitalized(reason));
  }
  assert.equal(strings.qualityHint(["too_small", "too_dark"]), "Come closer. Too dark: turn towards a light");
});

test("no other script has a text of its own", async () => {
  const names = (await readdir(SCRIPTS, { recursive: true })).filter((name) => name.endsWith(".js"));
  for (const name of names.filter((each) => each !== "strings.js")) {
    const source = (await readFile(new URL(name, SCRIPTS), "utf8")).replace(/\/\*\*[^]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(source, /["'`][A-Z][a-z’]+[ .…]/, name);
  }
});
