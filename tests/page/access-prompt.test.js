import assert from "node:assert/strict";
import { test } from "node:test";
import { AccessPrompt } from "../../static/js/connection/access-prompt.js";

/** A prompt on a page with this address, and what it shows, stores and opens. */
function build(address) {
  const { pathname, search, hash } = new URL(address, "http://mien.example");
  const stored = new Map();
  const tab = {
    location: { pathname, search, hash },
    history: { state: null, replaceState() {} },
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
      removeItem: (key) => stored.delete(key),
    },
  };
  const shown = [];
  const opened = [];
  const prompt = new AccessPrompt(tab, { show: (topic, message) => shown.push({ topic, ...message }) });
  return { prompt, tab, stored, shown, opened, connection: { open: (token) => opened.push(token) } };
}

test("without a token, the prompt says that one is required", () => {
  const { prompt, shown, connection } = build("/");
  prompt.ask("The access token is missing.", connection);
  assert.equal(shown[0].topic, "access");
  assert.match(shown[0].text, /requires an access token/);
});

test("after a token in the query, the prompt says where it belongs", () => {
  const { prompt, shown, connection } = build("/?token=s3cret");
  prompt.ask("The access token is missing.", connection);
  assert.match(shown[0].text, /#token=/);
});

test("after a token, the prompt shows the server's own sentence and forgets the token", () => {
  const { prompt, stored, shown, connection } = build("/#token=guess");
  prompt.ask("Too many wrong access tokens. Try again in a minute.", connection);
  assert.equal(shown[0].text, "Too many wrong access tokens. Try again in a minute.");
  assert.equal(stored.size, 0);
});

test("a token that is entered, or added to the address, is stored and used once", () => {
  const { prompt, tab, stored, shown, opened, connection } = build("/");
  prompt.ask("The access token is missing.", connection);
  shown[0].field.run("typed");
  assert.deepEqual([...stored.values()], ["typed"]);
  tab.location.hash = "#token=added";
  prompt.readAddress(connection);
  prompt.readAddress(connection);
  assert.deepEqual(opened, ["typed", "added"]);
});
