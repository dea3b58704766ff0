/**
 * Why a model answered as it did: where in a face its evidence lies, as a soft layer over the video.
 *
 * @import {Model} from "../protocol-types.js"
 * @import {SeenFace} from "../faces/tracked-faces.js"
 * @import {View} from "./overlay.js"
 * @typedef {{x: number, y: number, colour: string, alpha: number}} Cell A place in the grid.
 */

import { freshness } from "../faces/tracked-faces.js";
import { squareOnStage } from "../geometry.js";
import { leadModel } from "../settings/models.js";

/** Two that differ on every skin, and for those who see no red or no green. */
const FOR = "#ff4d00";
const AGAINST = "#1468ff";
/** How much of the picture the strongest evidence hides. */
const STRENGTH = 0.65;

/**
 * The model whose answers are explained: the leading one, else the first that can be.
 * @param {Model[]} models
 */
export function explainedModel(models) {
  const able = models.filter((model) => model.activation && model.enabled);
  return able.find((model) => model === leadModel(models)) ?? able[0];
}

/**
 * How each place of a grid is painted; places that say nothing are left out.
 * @param {number[][]} grid
 * @returns {Cell[]}
 */
export function cells(grid) {
  return grid
    .flatMap((row, y) => row.map((value, x) => ({ x, y, value })))
    .filter(({ value }) => value !== 0)
    .map(({ x, y, value }) => ({ x, y, colour: value > 0 ? FOR : AGAINST, alpha: Math.abs(value) * STRENGTH }));
}

/**
 * Draws what explains one face's answer, paler the older it is.
 * @param {CanvasRenderingContext2D} context
 * @param {SeenFace} seen
 * @param {View} view
 * @param {number} side Side of the stage.
 */
export function drawActivation(context, { face, answers }, view, side) {
  const model = explainedModel(view.models);
  const answer = model && answers.get(model.name);
  if (!answer?.result.activation || !face.quality.ok) return;
  const { square, grid } = answer.result.activation;
  const [rimX, rimY] = [1 / grid[0].length, 1 / grid.length];
  context.save();
  context.globalAlpha = freshness(view.at - answer.capturedAt, model.interval_ms);
  context.imageSmoothingQuality = "high";
  context.transform(...squareOnStage(square, view.frameSide, side, view.mirrored));
  context.drawImage(paint(grid), -0.5 - rimX, -0.5 - rimY, 1 + 2 * rimX, 1 + 2 * rimY);
  context.restore();
}

/**
 * A pixel per place, with a rim of nothing around them, so that the layer ends softly when it is
 * scaled up.
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
