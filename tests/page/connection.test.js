import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { WebSocketServer } from "ws";
import { Connection } from "../../static/js/connection.js";

const OPENED = { sid: "engine", upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6 };
const GREETING = "40{}";

/** @type {WebSocketServer | undefined} */
let server;
afterEach(() => server?.close());

/** A server as far as it has opened the way, and a page that has greeted it and waits. */
async function greeted() {
  server = new WebSocketServer({ port: 0, path: "/socket.io/" });
  await once(server, "listening");
  globalThis.location = /** @type {any} */ (new URL(`http://127.0.0.1:${server.address().port}/`));
  const states = [];
  const ignore = () => {};
  const connection = new Connection(null, {
    onState: (state) => states.push(state),
    onSession: ignore, onPrediction: ignore, onModelStatus: ignore, onExpired: ignore,
  });
  connection.open();
  const [way] = await once(server, "connection");
  const heard = [];
  way.on("message", (data) => heard.push(String(data)));
  way.send(`0${JSON.stringify(OPENED)}`);
  await once(way, "message");
  return { connection, states, heard, way };
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
