/**
 * Colours of labels. A colour is a name; the style sheet has its values for cards in light and dark,
 * this module those for drawing over the video.
 *
 * @import {Model, Result} from "../types.js"
 */

/** @type {Record<string, string>} */
const VIDEO_COLOURS = {
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
const LABEL_COLOURS = {
  neutral: "slate",
  happiness: "amber",
  surprise: "teal",
  sadness: "blue",
  anger: "red",
  disgust: "green",
  fear: "violet",
  contempt: "rose",
};

/** For labels without a colour of their own, in the order of the labels. */
const PALETTE = Object.values(LABEL_COLOURS);

/**
 * @param {Model | undefined} model
 * @param {string} label
 */
export function labelColour(model, label) {
  if (label in LABEL_COLOURS) return LABEL_COLOURS[label];
  const index = model?.kind === "classification" ? model.labels.indexOf(label) : -1;
  return index < 0 ? "plain" : PALETTE[index % PALETTE.length];
}

/**
 * @param {Model | undefined} model
 * @param {Result | undefined} result
 */
export function resultColour(model, result) {
  return result && "label" in result ? labelColour(model, String(result.label)) : "plain";
}

/** @param {string} colour */
export function videoColour(colour) {
  return VIDEO_COLOURS[colour] ?? VIDEO_COLOURS.plain;
}
