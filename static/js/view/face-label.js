/**
 * Text of a face's label over the video.
 *
 * @import {TrackedFace} from "../faces/tracked-faces.js"
 * @import {Model} from "../types.js"
 */

import { currentResult, isClassification, resultText } from "../faces/face-prediction.js";
import { leadModel } from "../settings/models.js";
import { percent, qualityHint, unsureAbout } from "../strings.js";

/**
 * "1  Happiness  93%" and below it the results of the other models, or the reason why there are none.
 * Outdated results are left out: over a live video they would look current.
 * @param {TrackedFace} tracked
 * @param {Model[]} models
 * @param {number} at
 */
export function labelLines(tracked, models, at) {
  const { id, quality } = tracked.face;
  if (!quality.ok) return [`${id}`, qualityHint(quality.reasons)];
  const lead = leadModel(models);
  const others = models.filter((model) => model !== lead);
  const rest = others.map((model) => otherText(tracked, model, at)).filter(Boolean).join(", ");
  const first = [`${id}`, ...leadTexts(tracked, lead, at)].join("  ");
  return rest ? [first, rest] : [first];
}

/**
 * @param {TrackedFace} tracked
 * @param {Model | undefined} lead
 * @param {number} at
 */
function leadTexts(tracked, lead, at) {
  const result = lead?.enabled && currentResult(tracked, lead, at);
  if (!lead || !result) return [];
  const text = resultText(lead, result);
  return isClassification(result) ? [text, percent(result.confidence)] : [text];
}

/**
 * @param {TrackedFace} tracked
 * @param {Model} model
 * @param {number} at
 */
function otherText(tracked, model, at) {
  const result = model.enabled && currentResult(tracked, model, at);
  if (!result) return "";
  const isUnsure = isClassification(result) && result.label === "unsure";
  return isUnsure ? unsureAbout(model.title) : resultText(model, result);
}
