/**
 * Input and output of BlazeFace (full range): one anchor in the centre of each cell of a 48 by 48 grid.
 * The server does the same in face_utils/detectors/blazeface.py.
 *
 * @import {Box, Point} from "../types.js"
 * @typedef {{box: Box, score: number, landmarks: Point[]}} Detection
 * @typedef {{scale: number, left: number, top: number, width: number, height: number}} Placement
 * Position of the image on the model's input.
 */

import { groupOverlapping } from "../geometry.js";

export const INPUT_SIDE = 192;
export const VALUES_PER_CELL = 16;
/** First without a margin; if that finds no face, again with a margin around the image. */
export const PADDINGS = [0, 1];
const GRID_SIDE = 48;
const CELL = INPUT_SIDE / GRID_SIDE;
const SCORE_THRESHOLD = 0.6;
const OVERLAP_THRESHOLD = 0.3;
const LOGIT_THRESHOLD = Math.log(SCORE_THRESHOLD / (1 - SCORE_THRESHOLD));
/** Box, right eye, left eye, nose and mouth; the two ears that follow are not used. */
const VALUES_USED = 12;

/**
 * Scales the image into the centre of the input.
 * @param {number} width
 * @param {number} height
 * @param {number} padding Margin on each side, as a share of the longer side.
 * @returns {Placement}
 */
export function letterbox(width, height, padding) {
  const scale = INPUT_SIDE / (Math.max(width, height) * (1 + 2 * padding));
  return {
    scale,
    left: Math.floor((INPUT_SIDE - width * scale) / 2),
    top: Math.floor((INPUT_SIDE - height * scale) / 2),
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * Converts canvas bytes to the model's input: red, green and blue from -1 to 1.
 * @param {Uint8ClampedArray} rgba
 */
export function toInput(rgba) {
  const input = new Float32Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    input[to++] = rgba[from] / 127.5 - 1;
    input[to++] = rgba[from + 1] / 127.5 - 1;
    input[to++] = rgba[from + 2] / 127.5 - 1;
  }
  return input;
}

/**
 * Decodes the model's output into faces in pixels of the image, best score first.
 * @param {Float32Array} regressors 2304 rows of 16.
 * @param {Float32Array} logits 2304.
 * @param {Placement} placement
 * @returns {Detection[]}
 */
export function decode(regressors, logits, placement) {
  const cells = likelyCells(logits);
  const rows = cells.map((cell) => cellValues(regressors, cell));
  const scores = cells.map((cell) => 1 / (1 + Math.exp(-logits[cell])));
  const boxes = rows.map((row) => /** @type {Box} */ (row.slice(0, 4)));
  return groupOverlapping(boxes, scores, OVERLAP_THRESHOLD).map((group) => {
    const values = blend(group.map((i) => rows[i]), group.map((i) => scores[i]));
    return toImage(values, scores[group[0]], placement);
  });
}

/** @param {Float32Array} logits */
function likelyCells(logits) {
  const cells = [];
  for (let cell = 0; cell < logits.length; cell++) {
    if (logits[cell] > LOGIT_THRESHOLD) cells.push(cell);
  }
  return cells;
}

/**
 * Values `[x, y, w, h, landmarks ...]` of a cell in pixels of the input.
 * @param {Float32Array} regressors
 * @param {number} cell
 */
function cellValues(regressors, cell) {
  const start = cell * VALUES_PER_CELL;
  const values = Array.from(regressors.subarray(start, start + VALUES_USED));
  const centre = [((cell % GRID_SIDE) + 0.5) * CELL, (Math.floor(cell / GRID_SIDE) + 0.5) * CELL];
  values[0] += centre[0] - values[2] / 2;
  values[1] += centre[1] - values[3] / 2;
  for (let i = 4; i < VALUES_USED; i++) values[i] += centre[i % 2];
  return values;
}

/**
 * Merges overlapping candidates into one face: their mean, weighted by score.
 * @param {number[][]} rows
 * @param {number[]} weights
 */
function blend(rows, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return rows[0].map((_, i) => rows.reduce((sum, row, n) => sum + row[i] * weights[n], 0) / total);
}

/**
 * @param {number[]} values
 * @param {number} score
 * @param {Placement} placement
 * @returns {Detection}
 */
function toImage(values, score, { scale, left, top }) {
  /** @param {number} i @returns {Point} */
  const point = (i) => [(values[i] - left) / scale, (values[i + 1] - top) / scale];
  const [x, y] = point(0);
  return {
    box: [x, y, values[2] / scale, values[3] / scale],
    score,
    landmarks: [4, 6, 8, 10].map(point),
  };
}
