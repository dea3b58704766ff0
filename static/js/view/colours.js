/**
 * Colours of labels. A tone is a name; the style sheet has its colours for cards in light and
 * dark, and this module those that are drawn over the video.
 *
 * @import {Model, Result} from "../protocol-types.js"
 */

/** @type {Record<string, string>} */
const OVER_VIDEO = {
  slate: "#d3dbe6",
  amber: "#ffc94d",
  teal: "#4fe3d0",
  blue: "#7fb5ff",
  red: "#ff7a6b",
  green: "#a3e06c",
  violet: "#c7a2ff",
  rose: "#ff9ccb",
  plain: "#ffffff",
};

/** @type {Record<string, string>} */
const TONES = {
  neutral: "slate",
  happiness: "amber",
  surprise: "teal",
  sadness: "blue",
  anger: "red",
  disgust: "green",
  fear: "violet",
  contempt: "rose",
};

const IN_TURN = Object.values(TONES);

/**
 * @param {Model | undefined} model
 * @param {string} label
 */
export function toneOf(model, label) {
  if (label in TONES) return TONES[label];
  const place = model?.kind === "classification" ? model.labels.indexOf(label) : -1;
  return place < 0 ? "plain" : IN_TURN[place % IN_TURN.length];
}

/**
 * @param {Model | undefined} model
 * @param {Result | undefined} result
 */
export function toneOfResult(model, result) {
  return result && "label" in result ? toneOf(model, String(result.label)) : "plain";
}

/** @param {string} tone */
export function colourOverVideo(tone) {
  return OVER_VIDEO[tone] ?? OVER_VIDEO.plain;
}
