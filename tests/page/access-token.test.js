import assert from "node:assert/strict";
import { test } from "node:test";
import { storeToken, takeToken } from "../../static/js/connection/access-token.js";

/** A tab with an address; `shown` is what its address bar shows. */
function tab(address, stored = new Map()) {
  const { pathname, search, hash } = new URL(address, "http://mien.example");
  const self = {
    shown: address,
    location: { pathname, search, hash },
    history: { state: null, replaceState: (_state, _unused, url) => (self.shown = url) },
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
      removeItem: (key) => stored.delete(key),
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
  test(`the token of ${address} is removed from the address bar`, () => {
    const visited = tab(address);
    assert.deepEqual(takeToken(visited), { token, inQuery: false });
    assert.equal(visited.shown, shown);
  });
}

test("a token in the query is not used, and removed from the address bar", () => {
  const visited = tab("/?token=s3cret&interval=5#faces");
  assert.deepEqual(takeToken(visited), { token: null, inQuery: true });
  assert.equal(visited.shown, "/?interval=5#faces");
});

test("a token is stored for the next load of the tab until it is removed", () => {
  const stored = new Map();
  takeToken(tab("/#token=s3cret", stored));
  assert.equal(takeToken(tab("/", stored)).token, "s3cret");
  storeToken(tab("/", stored), null);
  assert.equal(takeToken(tab("/", stored)).token, null);
});

test("without storage, the token is used until the next load", () => {
  const visited = tab("/#token=s3cret");
  Object.defineProperty(visited, "sessionStorage", { get: () => { throw new Error("SecurityError"); } });
  assert.equal(takeToken(visited).token, "s3cret");
});
