/**
 * The connection to the server: docs/protocol.md in methods and callbacks.
 *
 * @import {Socket} from "socket.io-client"
 * @import {Ack, Configuration, Configured, FacesMeta, FrameMeta, ModelStatus} from "./types.js"
 * @import {Prediction, Refused, Session, SessionExpired} from "./types.js"
 * @typedef {"connecting" | "connected" | "reconnecting" | "ended" | "refused"} ConnectionState
 * @typedef {object} Listener
 * @property {(state: ConnectionState) => void} onState
 * @property {(session: Session) => void} onSession
 * @property {(prediction: Prediction) => void} onPrediction
 * @property {(status: ModelStatus) => void} onModelStatus
 * @property {(expired: SessionExpired) => void} onExpired
 */

import { io } from "socket.io-client";

const ACK_TIMEOUT_MS = 5000;
const RETRY_MS = 1000;

export class Connection {
  #socket;
  #listener;
  /** @type {ConnectionState} */
  #state = "connecting";

  /**
   * @param {string | null} token
   * @param {Listener} listener
   */
  constructor(token, listener) {
    this.#listener = listener;
    this.#socket = io({
      auth: token ? { token } : {},
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelayMax: 3000,
      autoConnect: false,
    });
    this.#listen(this.#socket);
  }

  /** Connects; also goes on after a session that has ended, with a new token where one is given. */
  open(/** @type {string | null} */ token = null) {
    if (token) this.#socket.auth = { token };
    if (this.#socket.active) return;
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
    if (!this.#socket.active) setTimeout(() => this.#greet(), RETRY_MS);
  }

  /** @param {Error & {data?: {code?: string}}} error */
  #fail(error) {
    if (error.data?.code === "unauthorized") this.#become("refused");
    else if (!this.#socket.active) setTimeout(() => this.#greet(), RETRY_MS);
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
