/**
 * Drawing over the video: corners and a label for each face, and activation maps on request.
 *
 * @import {TrackedFace} from "../faces/tracked-faces.js"
 * @import {Box, Model} from "../types.js"
 * @typedef {object} DrawOptions
 * @property {Model[]} models
 * @property {number} frameSide
 * @property {boolean} mirrored
 * @property {boolean} explained Whether to draw activation maps.
 * @property {number} at The current time, for what fades with age.
 */

import { currentResult } from "../faces/face-prediction.js";
import { boxOnStage, placeLabel } from "../geometry.js";
import { leadModel } from "../settings/models.js";
import { drawActivationMap } from "./class-activation.js";
import { resultColour, videoColour } from "./colours.js";
import { labelLines } from "./face-label.js";

const FONT = "system-ui, sans-serif";
const LINE_HEIGHT = 18;
const PADDING = 9;

export class Overlay {
  #canvas;
  #context;
  /** @type {Box[]} Labels drawn so far. */
  #labels = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser has no 2D canvas");
    this.#canvas = canvas;
    this.#context = context;
  }

  /**
   * @param {TrackedFace[]} faces
   * @param {DrawOptions} options
   */
  draw(faces, options) {
    const side = this.#fit();
    this.#labels = [];
    if (options.explained) for (const tracked of faces) drawActivationMap(this.#context, tracked, options, side);
    for (const tracked of faces) this.#drawFace(tracked, options, side);
  }

  /** Clears the canvas and gives it the size of the stage, in pixels of the display. */
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
   * @param {TrackedFace} tracked
   * @param {DrawOptions} options
   * @param {number} side
   */
  #drawFace(tracked, { models, frameSide, mirrored, at }, side) {
    const lead = leadModel(models);
    const colour = videoColour(resultColour(lead, currentResult(tracked, lead, at)));
    const box = boxOnStage(tracked.face.box, frameSide, side, mirrored);
    this.#drawCorners(box, colour);
    this.#drawLabel(box, labelLines(tracked, models, at), colour, side);
  }

  /**
   * Draws the four corners of a bounding box. They cover less of the face than the whole box.
   * @param {Box} box
   * @param {string} colour
   */
  #drawCorners([x, y, w, h], colour) {
    const context = this.#context;
    const radius = Math.min(w, h) * 0.12;
    const arm = Math.min(w, h) * 0.2;
    Object.assign(context, { lineWidth: 3, lineCap: "round", strokeStyle: colour });
    Object.assign(context, { shadowColor: "rgb(0 0 0 / 55%)", shadowBlur: 5 });
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
    const width = Math.max(...lines.map((line, i) => this.#measure(line, i))) + 2 * PADDING + 6;
    const height = lines.length * LINE_HEIGHT + PADDING;
    const place = placeLabel(box, width, height, side, this.#labels);
    const [left, top] = place;
    this.#labels.push(place);
    context.fillStyle = "rgb(16 14 12 / 78%)";
    context.beginPath();
    context.roundRect(left, top, width, height, 9);
    context.fill();
    context.fillStyle = colour;
    context.fillRect(left + PADDING - 2, top + PADDING, 3, height - 2 * PADDING);
    lines.forEach((line, i) => this.#write(line, i, left + PADDING + 7, top + PADDING / 2 + (i + 0.5) * LINE_HEIGHT));
  }

  /**
   * Width of a line in its font, which is set.
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
