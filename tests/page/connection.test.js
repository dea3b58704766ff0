import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { WebSocketServer } from "ws";
import { Connection } from "../../static/js/connection/connection.js";

const OPENED = { sid: "engine", upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6 };
const CONNECT = "40{}";

/** @type {WebSocketServer | undefined} */
let server;
afterEach(() => server?.close());

/** A server that has opened a transport, and a page that has sent CONNECT on it. */
async function requested() {
  server = new WebSocketServer({ port: 0, path: "/mien/socket.io/" });
  await once(server, "listening");
  globalThis.location = /** @type {any} */ (new URL(`http://127.0.0.1:${server.address().port}/`));
  const states = [];
  const waits = [];
  const refusals = [];
  const ignore = () => {};
  const connection = new Connection("/mien/socket.io/", null, {
    onState: (state) => states.push(state), onFull: (ms) => waits.push(ms),
    onRefused: (message) => refusals.push(message),
    onSession: ignore, onPrediction: ignore, onModelStatus: ignore, onExpired: ignore,
  });
  connection.open();
  const transport = await accepted();
  const received = [];
  transport.on("message", (data) => received.push(String(data)));
  await once(transport, "message");
  return { connection, states, waits, refusals, received, transport };
}

/** The next connection to the server, opened. */
async function accepted() {
  const [transport] = await once(server, "connection");
  transport.send(`0${JSON.stringify(OPENED)}`);
  return transport;
}

test("opening twice sends one CONNECT", async () => {
  const { connection, states, received, transport } = await requested();
  connection.open();
  transport.send('40{"sid":"socket"}');
  transport.send('42["session",{}]');
  while (!connection.ready) await new Promise((resolve) => setImmediate(resolve));
  void connection.configure({}).catch(() => {});
  await once(transport, "message");
  assert.deepEqual(received.filter((text) => text.startsWith("40")), [CONNECT]);
  assert.equal(states.at(-1), "connected");
  transport.send('42["session_expired",{"reason":"idle"}]');
  await once(transport, "close");
});

test("a full server is asked again when it said so, and not before", async () => {
  const { states, waits, transport } = await requested();
  const refusedAt = performance.now();
  transport.send('44{"message":"full","data":{"code":"server_full","message":"full","retry_after_seconds":1}}');
  const again = await accepted();
  assert.ok(performance.now() - refusedAt >= 1000);
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

test("a refusal passes on the server's own sentence", async () => {
  const { states, refusals, transport } = await requested();
  const message = "Too many wrong access tokens. Try again in a minute.";
  transport.send(`44${JSON.stringify({ message, data: { code: "unauthorized", message } })}`);
  while (states.at(-1) !== "refused") await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(refusals, [message]);
});
