/**
 * The send loop: one frame in flight, the next one when the answer is there.
 *
 * @import {Ack, FrameMeta} from "../protocol-types.js"
 * @typedef {object} LoopParts
 * @property {(signal: AbortSignal) => Promise<void>} nextPicture Resolves when there is a new picture.
 * @property {() => boolean} ready Whether a frame can be sent now.
 * @property {(meta: FrameMeta, stopped: AbortSignal) => Promise<Ack>} exchange Takes a frame, sends it
 *   unless the loop was stopped meanwhile, gives its answer.
 * @property {() => number} now
 * @property {(ack: Ack, latencyMs: number) => void} onAck
 * @property {(error: unknown) => void} onLost Called for a frame that was never answered.
 */

/** How far a picture may come before its time; displays and cameras jitter. */
const TOLERANCE_MS = 4;
/** Rest after the server said that frames come too fast, or that something broke. */
const REST_MS = 250;

export class FrameLoop {
  /** Frames per second that the server takes at most. */
  maxRate = 30;
  /** @type {number | null} Since when frames have gone and none was answered. */
  waitingSince = null;
  #parts;
  #seq = 0;
  #due = 0;
  /** @type {AbortController | null} */
  #running = null;

  /** @param {LoopParts} parts */
  constructor(parts) {
    this.#parts = parts;
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

  /** Counts frames from 0 again, for a new session. */
  restartCount() {
    this.#seq = 0;
    this.#due = 0;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    while (!signal.aborted) {
      await this.#parts.nextPicture(signal);
      if (signal.aborted) return;
      if (!this.#parts.ready()) this.waitingSince = null;
      else if (this.#isDue()) await this.#exchangeOne(signal);
    }
  }

  #isDue() {
    const time = this.#parts.now();
    if (time < this.#due - TOLERANCE_MS) return false;
    this.#due = Math.max(this.#due, time - TOLERANCE_MS) + 1000 / this.maxRate;
    return true;
  }

  /** @param {AbortSignal} signal */
  async #exchangeOne(signal) {
    const sentAt = this.#parts.now();
    const meta = { seq: this.#seq++, captured_at: Math.round(sentAt) };
    this.waitingSince ??= sentAt;
    try {
      const ack = await this.#parts.exchange(meta, signal);
      this.waitingSince = null;
      if (ack.status === "error") this.#rest();
      if (!signal.aborted) this.#parts.onAck(ack, this.#parts.now() - sentAt);
    } catch (error) {
      this.#rest();
      if (!signal.aborted) this.#parts.onLost(error);
    }
  }

  #rest() {
    this.#due = this.#parts.now() + REST_MS;
  }
}
