/**
 * Frames per second, latency and drops, over the last few seconds.
 *
 * @typedef {{rate: number, latencyMs: number | null, dropped: number, lost: number}} Summary
 */

const WINDOW_MS = 3000;

export class Statistics {
  /** @type {{at: number, latencyMs: number}[]} */
  #answers = [];
  #dropped = 0;
  #lost = 0;

  /**
   * @param {number} at
   * @param {number} latencyMs
   */
  answered(at, latencyMs) {
    this.#answers.push({ at, latencyMs });
  }

  dropped() {
    this.#dropped += 1;
  }

  lost() {
    this.#lost += 1;
  }

  clear() {
    this.#answers = [];
    this.#dropped = this.#lost = 0;
  }

  /**
   * @param {number} at
   * @returns {Summary}
   */
  summary(at) {
    this.#answers = this.#answers.filter((answer) => at - answer.at < WINDOW_MS);
    const latencyMs = median(this.#answers.map((answer) => answer.latencyMs));
    return { rate: this.#rate(at), latencyMs, dropped: this.#dropped, lost: this.#lost };
  }

  /** @param {number} at */
  #rate(at) {
    const first = this.#answers[0];
    if (!first || this.#answers.length < 2) return 0;
    return ((this.#answers.length - 1) * 1000) / Math.max(at - first.at, 1);
  }
}

/** @param {number[]} values */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
