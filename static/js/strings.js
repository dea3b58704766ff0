/**
 * Everything in words: labels, answers, hints.
 *
 * @import {ClassificationResult, MeasureResult, Model, QualityReason, Result, SessionExpired} from "./protocol-types.js"
 * @import {SeenFace} from "./faces/tracked-faces.js"
 */

import { answerOf } from "./faces/tracked-faces.js";

/** @type {Record<QualityReason, string>} */
const HINTS = {
  too_small: "Come closer",
  too_dark: "Too dark: turn towards a light",
  too_bright: "Too bright: turn away from the light",
  blurred: "Blurred: hold still",
  turned_away: "Look at the camera",
};

/** @type {Record<SessionExpired["reason"], string>} */
const ENDINGS = {
  idle: "The session ended because no pictures came for a while.",
  lifetime: "The session reached its time limit and ended.",
  shutdown: "The server is restarting.",
};

/** @param {string} label */
export function title(label) {
  const text = label.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {number} share From 0 to 1. */
export function percent(share) {
  return `${Math.round(share * 100)} %`;
}

/**
 * @param {Result} result
 * @returns {result is ClassificationResult}
 */
export function isClassification(result) {
  return "scores" in result;
}

/**
 * A measure's value; its key is the model's unit.
 * @param {Model} model
 * @param {MeasureResult} result
 */
export function measured(model, result) {
  return model.kind === "measure" ? result[model.unit] : NaN;
}

/**
 * An answer as short as can be: "Happiness", "31 years".
 * @param {Model} model
 * @param {Result} result
 */
export function brief(model, result) {
  if (isClassification(result)) return title(result.label);
  return `${Math.round(measured(model, result))} ${model.kind === "measure" ? model.unit : ""}`.trim();
}

/** @param {QualityReason[]} reasons */
export function hint(reasons) {
  return reasons.map((reason) => HINTS[reason] ?? title(reason)).join(". ");
}

/**
 * How old an answer is, where that is worth a word.
 * @param {number} ageMs
 * @param {number} share Its freshness.
 */
export function age(ageMs, share) {
  return share < 1 ? `${Math.round(ageMs / 1000)} s ago` : "";
}

/** @param {SessionExpired["reason"]} reason */
export function ending(reason) {
  return ENDINGS[reason] ?? "The session ended.";
}

/**
 * One sentence per face, for those who hear the page.
 * @param {SeenFace[]} faces
 * @param {Model | undefined} lead
 * @param {number} at
 */
export function spoken(faces, lead, at) {
  if (faces.length === 0) return "No face in view.";
  const count = faces.length === 1 ? "One face." : `${faces.length} faces.`;
  const sentences = faces.map((face) => spokenFace(face, lead, at)).filter(Boolean);
  return [count, ...sentences].join(" ");
}

/**
 * @param {SeenFace} seen
 * @param {Model | undefined} lead
 * @param {number} at
 */
function spokenFace(seen, lead, at) {
  const { face } = seen;
  if (!face.quality.ok) return `Face ${face.id}: ${hint(face.quality.reasons)}.`;
  const result = answerOf(seen, lead, at)?.result;
  if (!lead || !result) return "";
  const isGuess = isClassification(result) && result.label !== "unsure";
  return `Face ${face.id}${isGuess ? " looks like " : ": "}${brief(lead, result).toLowerCase()}.`;
}
