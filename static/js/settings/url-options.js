/**
 * Options in the page's address: `?interval=100&rotate=90`.
 *
 * @typedef {object} UrlOptions
 * @property {number | null} interval Milliseconds between two predictions of the lead model.
 * @property {number} rotate Degrees clockwise that make the camera's images upright: 0, 90, 180 or 270.
 */

import { MAX_INTERVAL_MS } from "../protocol-limits.js";

/**
 * @param {string} search The query part of an address.
 * @returns {UrlOptions}
 */
export function readUrlOptions(search) {
  const options = new URLSearchParams(search);
  return { interval: parseInterval(options.get("interval")), rotate: parseRotation(options.get("rotate")) };
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

/**
 * A quarter turn in degrees; 0 if the text is not one.
 * @param {string | null} text
 */
export function parseRotation(text) {
  return [90, 180, 270].find((rotation) => String(rotation) === text) ?? 0;
}
