/**
 * The connection to the server: docs/reference/protocol.md in methods and callbacks.
 *
 * @import {Socket} from "socket.io-client"
 * @import {Ack, Configuration, Configured, FacesMeta, FrameMeta, ModelStatus} from "../protocol-types.js"
 * @import {Prediction, Refused, Session, SessionExpired} from "../protocol-types.js"
 * @typedef {"connecting" | "connected" | "reconnecting" | "ended" | "refused" | "full"} ConnectionState
 * @typedef {object} Listener
 * @property {(state: ConnectionState) => void} onState
 * @property {(session: Session) => void} onSession
 * @property {(prediction: Prediction) => void} onPrediction
 * @property {(status: ModelStatus) => void} onModelStatus
 * @property {(expired: SessionExpired) => void} onExpired
 * @property {(ms: number) => void} onFull The server is full; the page asks again after this time.
 * @typedef {Error & {data?: {code?: string, retry_after_seconds?: number}, description?: unknown,
 *   context?: {getResponseHeader?: (name: string) => string | null}}} ConnectError Where an HTTP request
 *   failed, `description` is its status and `context` the request.
 */

import { io } from "socket.io-client";

const ACK_TIMEOUT_MS = 5000;
const RETRY_MS = 1000;
/** A WebSocket opens in two round trips. Some proxies swallow it, and nobody hears of that. */
const WEBSOCKET_PATIENCE_MS = 4000;
const POLLING_PATIENCE_MS = 20_000;
/** Too many requests, and no room, of a proxy too. */
const BUSY = new Set([429, 503]);
const MOST_WAIT_SECONDS = 300;
/** Pages that were sent away together should not all come back at once. */
const JITTER = 0.25;

export class Connection {
  #socket;
  #listener;
  /** @type {ConnectionState} */
  #state = "connecting";
  #polls = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {string} path Of Socket.IO on the server, such as `/socket.io/`.
   * @param {string | null} token
   * @param {Listener} listener
   */
  constructor(path, token, listener) {
    this.#listener = listener;
    this.#socket = io({
      path,
      auth: token ? { token } : {},
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      timeout: WEBSOCKET_PATIENCE_MS,
      reconnectionDelayMax: 3000,
      autoConnect: false,
    });
    this.#listen(this.#socket);
  }

  /** Connects; also goes on after a session that has ended, with a new token where one is given. */
  open(/** @type {string | null} */ token = null) {
    if (token) this.#socket.auth = { token };
    if (this.#socket.active) return;
    clearTimeout(this.#retry);
    this.#become("connecting");
    this.#greet();
  }

  get state() {
    return this.#state;
  }

  get ready() {
    return this.#state === "connected";
  }

  /**
   * @param {FrameMeta} meta
   * @param {ArrayBuffer} image
   * @returns {Promise<Ack>}
   */
  sendFrame(meta, image) {
    return this.#ask("frame", meta, image);
  }

  /**
   * @param {FacesMeta} meta
   * @param {ArrayBuffer[]} crops One per face.
   * @returns {Promise<Ack>}
   */
  sendFaces(meta, crops) {
    return this.#ask("faces", meta, ...crops);
  }

  /**
   * @param {Configuration} configuration
   * @returns {Promise<Configured | Refused>}
   */
  configure(configuration) {
    return this.#ask("configure", configuration);
  }

  /**
   * @param {string} event
   * @param {...unknown} payload
   */
  async #ask(event, ...payload) {
    // Socket.IO would keep it for the next session, whose frames and faces have other numbers.
    if (!this.ready) throw new Error("not connected");
    return this.#socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, ...payload);
  }

  /** @param {Socket} socket */
  #listen(socket) {
    const { onPrediction, onModelStatus } = this.#listener;
    socket.on("session", (session) => this.#begin(session));
    socket.on("prediction", onPrediction);
    socket.on("model_status", onModelStatus);
    socket.on("session_expired", (expired) => this.#expire(expired));
    socket.on("disconnect", () => this.#lose());
    socket.on("connect_error", (error) => this.#fail(error));
  }

  /** @param {Session} session */
  #begin(session) {
    this.#become("connected");
    this.#listener.onSession(session);
  }

  /** @param {SessionExpired} expired */
  #expire(expired) {
    if (expired.reason !== "shutdown") {
      this.#become("ended");
      this.#socket.disconnect();
    }
    this.#listener.onExpired(expired);
  }

  #lose() {
    if (this.#state === "ended") return;
    this.#become("reconnecting");
    if (!this.#socket.active) this.#greetLater(RETRY_MS);
  }

  /** @param {ConnectError} error */
  #fail(error) {
    const seconds = waitAsked(error);
    if (error.data?.code === "unauthorized") this.#become("refused");
    else if (seconds !== null) this.#waitForRoom(seconds);
    else if (error.message === "timeout") this.#changeTransport();
    else if (!this.#socket.active) this.#greetLater(RETRY_MS);
  }

  /** @param {number} seconds */
  #waitForRoom(seconds) {
    const ms = Math.min(seconds, MOST_WAIT_SECONDS) * 1000 * (1 + JITTER * Math.random());
    this.#socket.disconnect(); // Socket.IO would come back sooner.
    this.#become("full");
    this.#listener.onFull(ms);
    this.#greetLater(ms);
  }

  /** Socket.IO tries again by itself, but would do so in the same way. */
  #changeTransport() {
    const manager = this.#socket.io;
    this.#polls = !this.#polls;
    manager.opts.transports = this.#polls ? ["polling"] : ["websocket", "polling"];
    manager.timeout(this.#polls ? POLLING_PATIENCE_MS : WEBSOCKET_PATIENCE_MS);
  }

  /** @param {number} ms */
  #greetLater(ms) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#greet(), ms);
  }

  /** The server refuses a second greeting on one connection, and Socket.IO then closes it for good. */
  #greet() {
    if (!this.#socket.active) this.#socket.connect();
  }

  /** @param {ConnectionState} state */
  #become(state) {
    if (state === this.#state && state !== "connecting") return;
    this.#state = state;
    this.#listener.onState(state);
  }
}

/**
 * After how many seconds a server without room asks to come back; null for any other error.
 * @param {ConnectError} error
 */
function waitAsked({ data, description, context }) {
  if (data?.code === "server_full") return Math.max(Number(data.retry_after_seconds) || 1, 1);
  const asked = BUSY.has(Number(description)) && context?.getResponseHeader?.("Retry-After");
  return Number(asked) || null;
}
