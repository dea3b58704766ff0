/**
 * The drawing over the video: a frame around each face, a label at its side, and where it is asked
 * for, what explains the answer.
 *
 * @import {Box, Model} from "../protocol-types.js"
 * @import {SeenFace} from "../faces/tracked-faces.js"
 * @typedef {object} View
 * @property {Model[]} models
 * @property {number} frameSide
 * @property {boolean} mirrored
 * @property {boolean} explaining Whether to draw what explains the answers.
 * @property {number} at Now, for what fades with age.
 */

import { drawActivation } from "./class-activation.js";
import { answerOf } from "../faces/tracked-faces.js";
import { placeLabel, placeOnStage } from "../geometry.js";
import { leadModel } from "../settings/models.js";
import { colourOverVideo, toneOfResult } from "./colours.js";
import { brief, hint, isClassification, percent } from "../strings.js";

const FONT = "system-ui, sans-serif";
const LINE = 18;
const PAD = 9;

export class Overlay {
  #canvas;
  #context;
  /** @type {Box[]} Where labels of this drawing are. */
  #labels = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser gives no 2D canvas");
    this.#canvas = canvas;
    this.#context = context;
  }

  /**
   * @param {SeenFace[]} faces
   * @param {View} view
   */
  draw(faces, view) {
    const side = this.#fit();
    this.#labels = [];
    if (view.explaining) for (const seen of faces) drawActivation(this.#context, seen, view, side);
    for (const seen of faces) this.#drawFace(seen, view, side);
  }

  /** Empties the canvas and gives it the size of the stage, sharp on any display. */
  #fit() {
    const side = this.#canvas.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    const pixels = Math.round(side * ratio);
    if (this.#canvas.width !== pixels) this.#canvas.width = this.#canvas.height = pixels;
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, side, side);
    return side;
  }

  /**
   * @param {SeenFace} seen
   * @param {View} view
   * @param {number} side
   */
  #drawFace(seen, view, side) {
    const lead = leadModel(view.models);
    const colour = colourOverVideo(toneOfResult(lead, answerOf(seen, lead, view.at)?.result));
    const box = placeOnStage(seen.face.box, view.frameSide, side, view.mirrored);
    this.#drawFrame(box, colour);
    this.#drawLabel(box, labelLines(seen, view.models, view.at), colour, side);
  }

  /**
   * Four corners rather than a whole box: they cover less of the face.
   * @param {Box} box
   * @param {string} colour
   */
  #drawFrame([x, y, w, h], colour) {
    const context = this.#context;
    const radius = Math.min(w, h) * 0.12;
    const arm = Math.min(w, h) * 0.2;
    context.lineWidth = 3;
    context.lineCap = "round";
    context.strokeStyle = colour;
    context.shadowColor = "rgb(0 0 0 / 55%)";
    context.shadowBlur = 5;
    for (const [cx, cy, dx, dy] of [[x, y, 1, 1], [x + w, y, -1, 1], [x, y + h, 1, -1], [x + w, y + h, -1, -1]]) {
      context.beginPath();
      context.moveTo(cx, cy + dy * arm);
      context.arcTo(cx, cy, cx + dx * arm, cy, radius);
      context.lineTo(cx + dx * arm, cy);
      context.stroke();
    }
    context.shadowBlur = 0;
  }

  /**
   * @param {Box} box
   * @param {string[]} lines
   * @param {string} colour
   * @param {number} side
   */
  #drawLabel(box, lines, colour, side) {
    const context = this.#context;
    const width = Math.max(...lines.map((line, i) => this.#measure(line, i))) + 2 * PAD + 6;
    const height = lines.length * LINE + PAD;
    const place = placeLabel(box, width, height, side, this.#labels);
    const [left, top] = place;
    this.#labels.push(place);
    context.fillStyle = "rgb(16 14 12 / 78%)";
    context.beginPath();
    context.roundRect(left, top, width, height, 9);
    context.fill();
    context.fillStyle = colour;
    context.fillRect(left + PAD - 2, top + PAD, 3, height - 2 * PAD);
    lines.forEach((line, i) => this.#write(line, i, left + PAD + 7, top + PAD / 2 + (i + 0.5) * LINE));
  }

  /**
   * @param {string} line
   * @param {number} i
   */
  #measure(line, i) {
    this.#context.font = i === 0 ? `600 13px ${FONT}` : `400 12px ${FONT}`;
    return this.#context.measureText(line).width;
  }

  /**
   * @param {string} line
   * @param {number} i
   * @param {number} x
   * @param {number} y
   */
  #write(line, i, x, y) {
    this.#measure(line, i);
    this.#context.textBaseline = "middle";
    this.#context.fillStyle = i === 0 ? "#ffffff" : "#e4dfd6";
    this.#context.fillText(line, x, y);
  }
}

/**
 * "1  Happiness 93 %" and below it what the other models say, or the reason why they say nothing.
 * What is too old to count is left out: over a live picture it would look like the present.
 * @param {SeenFace} seen
 * @param {Model[]} models
 * @param {number} at
 */
export function labelLines(seen, models, at) {
  const { face } = seen;
  if (!face.quality.ok) return [`${face.id}`, hint(face.quality.reasons)];
  const [lead, ...others] = [leadModel(models), ...models.filter((model) => model !== leadModel(models))];
  const answer = (/** @type {Model | undefined} */ model) =>
    model?.enabled ? answerOf(seen, model, at)?.result : undefined;
  const say = (/** @type {Model | undefined} */ model) => {
    const result = answer(model);
    return model && result ? brief(model, result) : "";
  };
  const result = answer(lead);
  const share = result && isClassification(result) ? percent(result.confidence) : "";
  const first = [`${face.id}`, say(lead), share].filter(Boolean).join("  ");
  const rest = others.map(say).filter(Boolean).join(", ");
  return rest ? [first, rest] : [first];
}
