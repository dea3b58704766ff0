// The official JavaScript client: connects, sends one frame, prints all that it is told as JSON.
// Usage: node official_client.mjs URL FRAME.jpg

import { readFile } from "node:fs/promises";
import { io } from "socket.io-client";

const [url, file] = process.argv.slice(2);
const image = await readFile(file);
const told = { predictions: {} };
const socket = io(url, { transports: ["websocket"], reconnection: false });

socket.on("session", async (session) => {
  told.session = session;
  told.ack = await socket.timeout(20_000).emitWithAck("frame", { seq: 1, captured_at: Date.now() }, image);
  told.bad = await socket.timeout(20_000).emitWithAck("frame", { seq: 2 }, Buffer.from("no image"));
  told.unknown = await socket.timeout(20_000).emitWithAck("identify");
});
socket.on("prediction", (prediction) => {
  told.predictions[prediction.model] = prediction;
  if (Object.keys(told.predictions).length === told.session.models.length) finish();
});

function finish() {
  if (!told.unknown) return setTimeout(finish, 20);
  console.log(JSON.stringify(told));
  socket.disconnect();
}
