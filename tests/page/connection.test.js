import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { WebSocketServer } from "ws";
import { Connection } from "../../static/js/connection/connection.js";

const OPENED = { sid: "engine", upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6 };
const GREETING = "40{}";

/** @type {WebSocketServer | undefined} */
let server;
afterEach(() => server?.close());

/** A server as far as it has opened the way, and a page that has greeted it and waits. */
async function greeted() {
  server = new WebSocketServer({ port: 0, path: "/mien/socket.io/" });
  await once(server, "listening");
  globalThis.location = /** @type {any} */ (new URL(`http://127.0.0.1:${server.address().port}/`));
  const states = [];
  const waits = [];
  const ignore = () => {};
  const connection = new Connection("/mien/socket.io/", null, {
    onState: (state) => states.push(state), onFull: (ms) => waits.push(ms),
    onSession: ignore, onPrediction: ignore, onModelStatus: ignore, onExpired: ignore,
  });
  connection.open();
  const way = await accepted();
  const heard = [];
  way.on("message", (data) => heard.push(String(data)));
  await once(way, "message");
  return { connection, states, waits, heard, way };
}

/** The next connection to the server, opened. */
async function accepted() {
  const [way] = await once(server, "connection");
  way.send(`0${JSON.stringify(OPENED)}`);
  return way;
}

test("a second press of the button greets the server no second time", async () => {
  const { connection, states, heard, way } = await greeted();
  connection.open();
  way.send('40{"sid":"socket"}');
  way.send('42["session",{}]');
  while (!connection.ready) await new Promise((resolve) => setImmediate(resolve));
  void connection.configure({}).catch(() => {});
  await once(way, "message");
  assert.deepEqual(heard.filter((text) => text.startsWith("40")), [GREETING]);
  assert.equal(states.at(-1), "connected");
  way.send('42["session_expired",{"reason":"idle"}]');
  await once(way, "close");
});

test("a server without room is asked again when it said so, and not before", async () => {
  const { states, waits, way } = await greeted();
  const refused = performance.now();
  way.send('44{"message":"full","data":{"code":"server_full","message":"full","retry_after_seconds":1}}');
  const again = await accepted();
  assert.ok(performance.now() - refused >= 1000);
  assert.equal(waits.length, 1);
  assert.ok(waits[0] >= 1000 && waits[0] <= 1250);
  await once(again, "message");
  again.send('40{"sid":"socket"}');
  again.send('42["session",{}]');
  while (states.at(-1) !== "connected") await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(states, ["connecting", "full", "connected"]);
  again.send('42["session_expired",{"reason":"idle"}]');
  await once(again, "close");
});
