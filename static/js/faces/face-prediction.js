/**
 * One model's prediction for one face: its freshness and its text.
 *
 * @import {ClassificationResult, RegressionResult} from "../protocol-types.js"
 * @import {Model, Result} from "../types.js"
 * @import {TrackedFace} from "./tracked-faces.js"
 * @typedef {{result: Result, seq: number, capturedAt: number}} FacePrediction
 */

import {
  capitalized, faceLooksLike, facesInView, faceSays, measurement, qualityHint, secondsAgo,
} from "../strings.js";

/**
 * Freshness of a prediction: 1 up to one and a half intervals of its model plus a second, then down
 * to 0 within three seconds.
 * @param {number} ageMs
 * @param {number} intervalMs
 */
export function freshness(ageMs, intervalMs) {
  const freshMs = intervalMs * 1.5 + 1000;
  return Math.min(1, Math.max(0, 1 - (ageMs - freshMs) / 3000));
}

/**
 * A model's result for a face, unless it is missing or outdated.
 * @param {TrackedFace} tracked
 * @param {Model | undefined} model
 * @param {number} at
 */
export function currentResult({ predictions }, model, at) {
  const prediction = model && predictions.get(model.name);
  const isCurrent = prediction && freshness(at - prediction.capturedAt, model.interval_ms) > 0;
  return isCurrent ? prediction.result : undefined;
}

/**
 * @param {Result} result
 * @returns {result is ClassificationResult}
 */
export function isClassification(result) {
  return "scores" in result;
}

/**
 * The value of a regression; its key is the model's unit.
 * @param {Model} model
 * @param {RegressionResult} result
 */
export function regressionValue(model, result) {
  return model.kind === "measure" ? result[model.unit] : NaN;
}

/**
 * A result as text: "Happiness", "31 years".
 * @param {Model} model
 * @param {Result} result
 */
export function resultText(model, result) {
  if (isClassification(result)) return capitalized(result.label);
  return measurement(regressionValue(model, result), model.kind === "measure" ? model.unit : "").trim();
}

/**
 * The age of an outdated prediction; empty for a fresh one.
 * @param {number} ageMs
 * @param {number} fresh Its freshness.
 */
export function ageText(ageMs, fresh) {
  return fresh < 1 ? secondsAgo(Math.round(ageMs / 1000)) : "";
}

/**
 * The faces in view, for screen readers: one sentence per face.
 * @param {TrackedFace[]} faces
 * @param {Model | undefined} lead
 * @param {number} at
 */
export function describeFaces(faces, lead, at) {
  const sentences = faces.map((tracked) => describeFace(tracked, lead, at)).filter(Boolean);
  return [facesInView(faces.length), ...sentences].join(" ");
}

/**
 * @param {TrackedFace} tracked
 * @param {Model | undefined} lead
 * @param {number} at
 */
function describeFace(tracked, lead, at) {
  const { id, quality } = tracked.face;
  if (!quality.ok) return faceSays(id, qualityHint(quality.reasons));
  const result = currentResult(tracked, lead, at);
  if (!lead || !result) return "";
  const text = resultText(lead, result).toLowerCase();
  return isClassification(result) && result.label !== "unsure" ? faceLooksLike(id, text) : faceSays(id, text);
}
