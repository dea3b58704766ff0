/**
 * What the address of the page asks for: `?interval=100`.
 *
 * @typedef {object} Options
 * @property {number | null} interval Milliseconds between two looks of the leading model.
 */

/** The protocol's largest interval, in milliseconds. */
export const MAX_INTERVAL_MS = 600_000;

/**
 * @param {string} search The query part of an address.
 * @returns {Options}
 */
export function readOptions(search) {
  return { interval: readInterval(new URLSearchParams(search).get("interval")) };
}

/**
 * A whole number of milliseconds within the protocol's bounds, or null.
 * @param {string | null} text
 */
export function readInterval(text) {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) return null;
  return Math.min(Math.round(value), MAX_INTERVAL_MS);
}
