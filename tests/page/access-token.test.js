import assert from "node:assert/strict";
import { test } from "node:test";
import { keepToken, takeToken } from "../../static/js/connection/access-token.js";

/** A tab that shows an address; `shown` is the one in its address bar. */
function tab(address, kept = new Map()) {
  const { pathname, search, hash } = new URL(address, "http://mien.example");
  const self = {
    shown: address,
    location: { pathname, search, hash },
    history: { state: null, replaceState: (_state, _unused, url) => (self.shown = url) },
    sessionStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    },
  };
  return self;
}

for (const [address, token, shown] of [
  ["/#token=s3cret", "s3cret", "/"],
  ["/mien/?interval=5#token=a%26b%2B+c", "a&b++c", "/mien/?interval=5"],
  ["/#faces&token=x", "x", "/#faces"],
  ["/#token=x&faces", "x", "/#faces"],
  ["/#token=50%", "50%", "/"],
  ["/#token=", null, "/"],
  ["/#mytoken=x", null, "/#mytoken=x"],
  ["/", null, "/"],
]) {
  test(`the token of ${address} is taken out of the address bar`, () => {
    const visited = tab(address);
    assert.deepEqual(takeToken(visited), { token, misplaced: false });
    assert.equal(visited.shown, shown);
  });
}

test("a token in the query is not used, and goes from the address bar", () => {
  const visited = tab("/?token=s3cret&interval=5#faces");
  assert.deepEqual(takeToken(visited), { token: null, misplaced: true });
  assert.equal(visited.shown, "/?interval=5#faces");
});

test("a token stays for the next load of the tab until it is forgotten", () => {
  const kept = new Map();
  takeToken(tab("/#token=s3cret", kept));
  assert.equal(takeToken(tab("/", kept)).token, "s3cret");
  keepToken(tab("/", kept), null);
  assert.equal(takeToken(tab("/", kept)).token, null);
});

test("where the browser keeps nothing the token counts until the next load", () => {
  const visited = tab("/#token=s3cret");
  Object.defineProperty(visited, "sessionStorage", { get: () => { throw new Error("SecurityError"); } });
  assert.equal(takeToken(visited).token, "s3cret");
});
