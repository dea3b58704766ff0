/**
 * Class activation maps over the video: where in a face the evidence for a prediction lies.
 *
 * @import {TrackedFace} from "../faces/tracked-faces.js"
 * @import {Model} from "../types.js"
 * @import {DrawOptions} from "./overlay.js"
 * @typedef {{x: number, y: number, colour: string, alpha: number}} Cell A cell of the grid.
 */

import { freshness } from "../faces/face-prediction.js";
import { squareOnStage } from "../geometry.js";
import { leadModel } from "../settings/models.js";

/** Two colours that differ on every skin, and for people who are red-green colour-blind. */
const FOR = "#ff4d00";
const AGAINST = "#1468ff";
/** Opacity of the strongest evidence. */
const MAX_ALPHA = 0.65;

/**
 * The model whose predictions are explained: the lead model if possible, else the first that supports it.
 * @param {Model[]} models
 */
export function explainedModel(models) {
  const supported = models.filter((model) => model.activation && model.enabled);
  return supported.find((model) => model === leadModel(models)) ?? supported[0];
}

/**
 * Position, colour and opacity of each cell of a grid, without those that are 0.
 * @param {number[][]} grid
 * @returns {Cell[]}
 */
export function cells(grid) {
  return grid
    .flatMap((row, y) => row.map((value, x) => ({ x, y, value })))
    .filter(({ value }) => value !== 0)
    .map(({ x, y, value }) => ({ x, y, colour: value > 0 ? FOR : AGAINST, alpha: Math.abs(value) * MAX_ALPHA }));
}

/**
 * Draws the activation map of one face's prediction, paler the older it is.
 * @param {CanvasRenderingContext2D} context
 * @param {TrackedFace} tracked
 * @param {DrawOptions} options
 * @param {number} side Side of the stage.
 */
export function drawActivationMap(context, { face, predictions }, { models, frameSide, mirrored, at }, side) {
  const model = explainedModel(models);
  const prediction = model && predictions.get(model.name);
  if (!prediction?.result.activation || !face.quality.ok) return;
  const { square, grid } = prediction.result.activation;
  const [marginX, marginY] = [1 / grid[0].length, 1 / grid.length];
  context.save();
  context.globalAlpha = freshness(at - prediction.capturedAt, model.interval_ms);
  context.imageSmoothingQuality = "high";
  context.transform(...squareOnStage(square, frameSide, side, mirrored));
  context.drawImage(paint(grid), -0.5 - marginX, -0.5 - marginY, 1 + 2 * marginX, 1 + 2 * marginY);
  context.restore();
}

/**
 * Paints one pixel per cell, inside a transparent margin, so that the edges are soft after scaling up.
 * @param {number[][]} grid
 */
function paint(grid) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [grid[0].length + 2, grid.length + 2];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  for (const cell of cells(grid)) {
    context.globalAlpha = cell.alpha;
    context.fillStyle = cell.colour;
    context.fillRect(cell.x + 1, cell.y + 1, 1, 1);
  }
  return canvas;
}
