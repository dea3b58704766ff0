/**
 * Send loop for frames: one in flight, the next one after its ack.
 *
 * @import {FrameMeta} from "../protocol-types.js"
 * @import {Ack} from "../types.js"
 * @typedef {object} FrameLoopOptions
 * @property {(signal: AbortSignal) => Promise<void>} nextImage Resolves when the camera has a new image.
 * @property {() => boolean} ready Whether a frame can be sent now.
 * @property {(meta: FrameMeta, stopped: AbortSignal) => Promise<Ack>} send Captures a frame, sends it unless
 *   the loop has been stopped meanwhile, and returns its ack.
 * @property {() => number} now
 * @property {(ack: Ack, latencyMs: number) => void} onAck
 * @property {(error: unknown) => void} onLost Called for a frame that got no ack.
 */

/** How early a frame may be sent, because displays and cameras jitter. */
const TOLERANCE_MS = 4;
/** Pause after an error or a lost frame. */
const BACKOFF_MS = 250;

export class FrameLoop {
  /** The server's limit in frames per second. */
  maxRate = 30;
  /** @type {number | null} When the oldest frame without an ack was sent, while no later one had an ack. */
  waitingSince = null;
  #options;
  #seq = 0;
  #nextAt = 0;
  /** @type {AbortController | null} */
  #running = null;

  /** @param {FrameLoopOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get running() {
    return this.#running !== null;
  }

  start() {
    if (this.#running) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    this.waitingSince = null;
  }

  /** Starts the sequence numbers at 0 again, for a new session. */
  resetSequence() {
    this.#seq = 0;
    this.#nextAt = 0;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    while (!signal.aborted) {
      await this.#options.nextImage(signal);
      if (signal.aborted) return;
      if (!this.#options.ready()) this.waitingSince = null;
      else if (this.#isDue()) await this.#sendFrame(signal);
    }
  }

  #isDue() {
    const time = this.#options.now();
    if (time < this.#nextAt - TOLERANCE_MS) return false;
    this.#nextAt = Math.max(this.#nextAt, time - TOLERANCE_MS) + 1000 / this.maxRate;
    return true;
  }

  /** @param {AbortSignal} signal */
  async #sendFrame(signal) {
    const sentAt = this.#options.now();
    const meta = { seq: this.#seq++, captured_at: Math.round(sentAt) };
    this.waitingSince ??= sentAt;
    try {
      const ack = await this.#options.send(meta, signal);
      this.waitingSince = null;
      if (ack.status === "error") this.#backOff();
      if (!signal.aborted) this.#options.onAck(ack, this.#options.now() - sentAt);
    } catch (error) {
      this.#backOff();
      if (!signal.aborted) this.#options.onLost(error);
    }
  }

  #backOff() {
    this.#nextAt = this.#options.now() + BACKOFF_MS;
  }
}
