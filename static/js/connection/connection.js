/**
 * Socket.IO client of docs/reference/protocol.md: a method per client event, a callback per server event.
 *
 * @import {Socket} from "socket.io-client"
 * @import {Configuration, ConfigureError, Configured, FacesMeta, FrameMeta} from "../protocol-types.js"
 * @import {ModelStatus, Prediction, Session, SessionExpired} from "../protocol-types.js"
 * @import {Ack} from "../types.js"
 * @typedef {"connecting" | "connected" | "reconnecting" | "ended" | "refused" | "full"} ConnectionState
 * @typedef {object} Listener
 * @property {(state: ConnectionState) => void} onState
 * @property {(session: Session) => void} onSession
 * @property {(prediction: Prediction) => void} onPrediction
 * @property {(status: ModelStatus) => void} onModelStatus
 * @property {(expired: SessionExpired) => void} onExpired
 * @property {(ms: number) => void} onFull The server is full; the page connects again after this time.
 * @property {(message: string) => void} onRefused The server requires another access token; its sentence.
 * @typedef {Error & {data?: {code?: string, retry_after_seconds?: number}, description?: unknown,
 *   context?: {getResponseHeader?: (name: string) => string | null}}} ConnectError If an HTTP request
 *   failed, `description` is its status and `context` the request.
 */

import { io } from "socket.io-client";

const ACK_TIMEOUT_MS = 5000;
const RETRY_MS = 1000;
/** A WebSocket opens in two round trips. Some proxies drop the upgrade without a response. */
const WEBSOCKET_TIMEOUT_MS = 4000;
const POLLING_TIMEOUT_MS = 20_000;
/** HTTP statuses "too many requests" and "service unavailable", which proxies send too. */
const BUSY_STATUSES = new Set([429, 503]);
const MAX_WAIT_SECONDS = 300;
/** Spreads the attempts of pages that were refused at the same time. */
const JITTER = 0.25;

export class Connection {
  #socket;
  #listener;
  /** @type {ConnectionState} */
  #state = "connecting";
  #isPolling = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {string} path Path of Socket.IO on the server, such as `/socket.io/`.
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
      timeout: WEBSOCKET_TIMEOUT_MS,
      reconnectionDelayMax: 3000,
      autoConnect: false,
    });
    this.#listen(this.#socket);
  }

  /**
   * Connects, also after a session has ended.
   * @param {string | null} [token] Replaces the one that was used before.
   */
  open(token = null) {
    if (token) this.#socket.auth = { token };
    if (this.#socket.active) return;
    clearTimeout(this.#retry);
    this.#setState("connecting");
    this.#connect();
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
    return this.#emit("frame", meta, image);
  }

  /**
   * @param {FacesMeta} meta
   * @param {ArrayBuffer[]} crops One per face.
   * @returns {Promise<Ack>}
   */
  sendFaces(meta, crops) {
    return this.#emit("faces", meta, ...crops);
  }

  /**
   * @param {Configuration} configuration
   * @returns {Promise<Configured | ConfigureError>}
   */
  configure(configuration) {
    return this.#emit("configure", configuration);
  }

  /**
   * @param {string} event
   * @param {...unknown} payload
   */
  async #emit(event, ...payload) {
    // Socket.IO would buffer the event for the next session, where its sequence number and ids are wrong.
    if (!this.ready) throw new Error("not connected");
    return this.#socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, ...payload);
  }

  /** @param {Socket} socket */
  #listen(socket) {
    const { onPrediction, onModelStatus } = this.#listener;
    socket.on("session", (session) => this.#startSession(session));
    socket.on("prediction", onPrediction);
    socket.on("model_status", onModelStatus);
    socket.on("session_expired", (expired) => this.#expire(expired));
    socket.on("disconnect", () => this.#reconnect());
    socket.on("connect_error", (error) => this.#handleError(error));
  }

  /** @param {Session} session */
  #startSession(session) {
    this.#setState("connected");
    this.#listener.onSession(session);
  }

  /** @param {SessionExpired} expired */
  #expire(expired) {
    if (expired.reason !== "shutdown") {
      this.#setState("ended");
      this.#socket.disconnect();
    }
    this.#listener.onExpired(expired);
  }

  #reconnect() {
    if (this.#state === "ended") return;
    this.#setState("reconnecting");
    if (!this.#socket.active) this.#connectLater(RETRY_MS);
  }

  /** @param {ConnectError} error */
  #handleError(error) {
    const seconds = retryAfter(error);
    if (error.data?.code === "unauthorized") this.#refuse(error.message);
    else if (seconds !== null) this.#waitForPlace(seconds);
    else if (error.message === "timeout") this.#changeTransport();
    else if (!this.#socket.active) this.#connectLater(RETRY_MS);
  }

  /** @param {string} message */
  #refuse(message) {
    this.#setState("refused");
    this.#listener.onRefused(message);
  }

  /** @param {number} seconds */
  #waitForPlace(seconds) {
    const ms = Math.min(seconds, MAX_WAIT_SECONDS) * 1000 * (1 + JITTER * Math.random());
    this.#socket.disconnect(); // Socket.IO would reconnect sooner.
    this.#setState("full");
    this.#listener.onFull(ms);
    this.#connectLater(ms);
  }

  /** Socket.IO reconnects by itself, but with the transport that just timed out. */
  #changeTransport() {
    const manager = this.#socket.io;
    this.#isPolling = !this.#isPolling;
    manager.opts.transports = this.#isPolling ? ["polling"] : ["websocket", "polling"];
    manager.timeout(this.#isPolling ? POLLING_TIMEOUT_MS : WEBSOCKET_TIMEOUT_MS);
  }

  /** @param {number} ms */
  #connectLater(ms) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), ms);
  }

  /** The server refuses a second CONNECT on one connection, and Socket.IO then closes it for good. */
  #connect() {
    if (!this.#socket.active) this.#socket.connect();
  }

  /** @param {ConnectionState} state */
  #setState(state) {
    if (state === this.#state && state !== "connecting") return;
    this.#state = state;
    this.#listener.onState(state);
  }
}

/**
 * Seconds after which a full server allows another attempt; null for any other error.
 * @param {ConnectError} error
 */
function retryAfter({ data, description, context }) {
  if (data?.code === "server_full") return Math.max(Number(data.retry_after_seconds) || 1, 1);
  const header = BUSY_STATUSES.has(Number(description)) && context?.getResponseHeader?.("Retry-After");
  return Number(header) || null;
}
