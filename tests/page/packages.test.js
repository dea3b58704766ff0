import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (name) => readFile(new URL(`../../${name}`, import.meta.url), "utf8");

test("the lock file does not name a registry", async () => {
  assert.doesNotMatch(await read("package-lock.json"), /"resolved"|:\/\//);
});

test("every package is pinned to one version", async () => {
  const { dependencies, devDependencies } = JSON.parse(await read("package.json"));
  for (const version of Object.values({ ...dependencies, ...devDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/);
});

test("the page loads nothing from other hosts and has no inline styles", async () => {
  const page = await read("templates/index.html");
  assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(page, / style=| on[a-z]+="/);
});
