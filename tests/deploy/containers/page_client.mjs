// The page's own connection outside a browser: sends frames and prints events as lines of JSON.
// Usage: node page_client.mjs URL FRAME.jpg

import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const [url, file] = process.argv.slice(2);
// Without an address, Socket.IO connects to where the page came from.
globalThis.location = new URL(url);
const { Connection } = await import("../../../static/js/connection/connection.js");

const image = await readFile(file);
const say = (event, detail) => console.log(JSON.stringify({ event, ...detail }));

async function sendFrames() {
  for (let seq = 0; connection.ready; seq += 1) {
    try {
      const { status } = await connection.sendFrame({ seq, captured_at: Date.now() }, image);
      say("ack", { status });
    } catch {
      return; // The connection was lost; the next session sends again.
    }
    await pause(200);
  }
}

const connection = new Connection("/socket.io/", null, {
  onState: (state) => say("state", { state }),
  onSession: ({ session_id }) => {
    say("session", { session_id });
    sendFrames();
  },
  onPrediction: ({ model }) => say("prediction", { model }),
  onModelStatus: ({ model, state }) => say("model_status", { model, state }),
  onExpired: ({ reason }) => say("session_expired", { reason }),
});
connection.open();
