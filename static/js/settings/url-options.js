/**
 * Options in the page's address: `?interval=100`.
 *
 * @typedef {object} UrlOptions
 * @property {number | null} interval Milliseconds between two predictions of the lead model.
 */

import { MAX_INTERVAL_MS } from "../protocol-limits.js";

/**
 * @param {string} search The query part of an address.
 * @returns {UrlOptions}
 */
export function readUrlOptions(search) {
  return { interval: parseInterval(new URLSearchParams(search).get("interval")) };
}

/**
 * A whole number of milliseconds within the protocol's limits; null if the text is not a number.
 * @param {string | null} text
 */
export function parseInterval(text) {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) return null;
  return Math.min(Math.round(value), MAX_INTERVAL_MS);
}
