/**
 * Frames per second, latency, and counts of dropped and lost frames.
 *
 * @typedef {{rate: number, latencyMs: number | null, dropped: number, lost: number}} Summary
 */

const WINDOW_MS = 3000;

export class FrameStatistics {
  /** @type {{at: number, latencyMs: number}[]} */
  #acks = [];
  #dropped = 0;
  #lost = 0;

  /**
   * @param {number} at
   * @param {number} latencyMs
   */
  addAck(at, latencyMs) {
    this.#acks.push({ at, latencyMs });
  }

  addDropped() {
    this.#dropped += 1;
  }

  addLost() {
    this.#lost += 1;
  }

  clear() {
    this.#acks = [];
    this.#dropped = this.#lost = 0;
  }

  /**
   * @param {number} at
   * @returns {Summary}
   */
  summary(at) {
    this.#acks = this.#acks.filter((ack) => at - ack.at < WINDOW_MS);
    const latencyMs = median(this.#acks.map((ack) => ack.latencyMs));
    return { rate: this.#rate(at), latencyMs, dropped: this.#dropped, lost: this.#lost };
  }

  /** @param {number} at */
  #rate(at) {
    const first = this.#acks[0];
    if (!first || this.#acks.length < 2) return 0;
    return ((this.#acks.length - 1) * 1000) / Math.max(at - first.at, 1);
  }
}

/** @param {number[]} values */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
