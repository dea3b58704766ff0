/** Live chart of latency and frames per second over the last minute. */

import uPlot from "uplot";

const SECONDS = 60;
const HEIGHT = 96;

export class PerformanceChart {
  #host;
  /** @type {[number[], (number | null)[], number[]]} Seconds, latency, rate. */
  #data = [[], [], []];
  /** @type {uPlot | null} */
  #plot = null;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
    this.#build();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#build());
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host);
  }

  /**
   * @param {number} at Milliseconds.
   * @param {number | null} latencyMs
   * @param {number} rate
   */
  add(at, latencyMs, rate) {
    const [times, latencies, rates] = this.#data;
    times.push(at / 1000);
    latencies.push(latencyMs);
    rates.push(rate);
    while (times[0] < at / 1000 - SECONDS) this.#data.forEach((column) => column.shift());
    this.#plot?.setData(this.#data);
  }

  #build() {
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(), this.#data, this.#host);
  }

  /** @returns {uPlot.Options} */
  #options() {
    const style = getComputedStyle(this.#host);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const line = { width: 2, points: { show: false } };
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 0, 4, 0],
      axes: [{ show: false }, { show: false }, { show: false, scale: "rate" }],
      scales: { y: { range: fromZero(60) }, rate: { range: fromZero(30) } },
      series: [
        {},
        { ...line, stroke: colour("--chart-latency"), fill: colour("--chart-fill") },
        { ...line, stroke: colour("--chart-rate"), scale: "rate", dash: [2, 4] },
      ],
    };
  }

  #size() {
    return { width: Math.max(this.#host.clientWidth, 60), height: HEIGHT };
  }
}

/**
 * A scale from 0 to at least `minimum`.
 * @param {number} minimum
 * @returns {uPlot.Range.Function}
 */
function fromZero(minimum) {
  return (_plot, _low, high) => [0, Math.max(minimum, (high ?? 0) * 1.1)];
}
