/**
 * Geometry of boxes and squares: frames, crops, the video stage and labels on it.
 *
 * @import {Box, RotatedSquare} from "./types.js"
 */

/**
 * Largest square in the centre of an image.
 * @param {number} width
 * @param {number} height
 */
export function centreSquare(width, height) {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/**
 * Maps a box from the frame to the square stage that shows it, mirrored or not.
 * @param {Box} box
 * @param {number} frameSide
 * @param {number} stageSide
 * @param {boolean} mirrored
 * @returns {Box}
 */
export function boxOnStage([x, y, w, h], frameSide, stageSide, mirrored) {
  const scale = stageSide / frameSide;
  const left = mirrored ? frameSide - x - w : x;
  return [left * scale, y * scale, w * scale, h * scale];
}

/**
 * Canvas transform that maps a unit square with its centre at 0, 0 to a rotated square of the frame, on
 * the stage that shows it, mirrored or not.
 * @param {RotatedSquare} square
 * @param {number} frameSide
 * @param {number} stageSide
 * @param {boolean} mirrored
 * @returns {[number, number, number, number, number, number]}
 */
export function squareOnStage([x, y, side, roll], frameSide, stageSide, mirrored) {
  const scale = stageSide / frameSide;
  const angle = (roll * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * side * scale, Math.sin(angle) * side * scale];
  const flip = mirrored ? -1 : 1;
  return [flip * cos, sin, -flip * sin, cos, (mirrored ? frameSide - x : x) * scale, y * scale];
}

/**
 * Square around a face box, enlarged on each side by `margin` of the box's longer side.
 * @param {Box} box
 * @param {number} margin
 * @returns {Box}
 */
export function faceSquare([x, y, w, h], margin) {
  const side = Math.max(w, h) * (1 + 2 * margin);
  return [x + w / 2 - side / 2, y + h / 2 - side / 2, side, side];
}

/**
 * Side of the largest square with at most `maxPixels` pixels, and at most `side`.
 * @param {number} side
 * @param {number} maxPixels
 */
export function sideWithin(side, maxPixels) {
  return Math.min(side, Math.floor(Math.sqrt(maxPixels)));
}

/** Smaller crops have less detail than the models were trained on, so fewer faces are sent instead. */
const MIN_CROP_SIDE = 64;

/**
 * Number and side of the crops that together have at most `maxPixels` pixels.
 * @param {number} wanted
 * @param {number} size Side that is large enough for every model.
 * @param {number} maxPixels
 */
export function cropsWithin(wanted, size, maxPixels) {
  const most = Math.max(1, Math.floor(maxPixels / Math.min(size, MIN_CROP_SIDE) ** 2));
  const count = Math.min(wanted, most);
  return { count, side: sideWithin(size, maxPixels / Math.max(1, count)) };
}

/**
 * Places a label below its face, else above it, else beside it: at the first place that is free, and
 * always on the stage.
 * @param {Box} face
 * @param {number} width
 * @param {number} height
 * @param {number} side Side of the stage.
 * @param {Box[]} placed Labels that have their place already.
 * @returns {Box}
 */
export function placeLabel([x, y, w, h], width, height, side, placed) {
  const inside = (/** @type {number} */ value, /** @type {number} */ size) =>
    Math.max(4, Math.min(value, side - size - 4));
  /** @type {Box[]} */
  const places = [[x, y + h + 8], [x, y - 8 - height], [x + w + 8, y + h / 2], [x - 8 - width, y + h / 2]].map(
    ([left, top]) => [inside(left, width), inside(top, height), width, height],
  );
  const isFree = (/** @type {Box} */ place) => placed.every((other) => iou(place, other) === 0);
  const isClear = (/** @type {Box} */ place) => isFree(place) && iou(place, [x, y, w, h]) === 0;
  return places.find(isClear) ?? places.find(isFree) ?? places[0];
}

/**
 * Intersection over union (IoU) of two boxes, from 0 to 1.
 * @param {Box} a
 * @param {Box} b
 */
export function iou(a, b) {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const common = Math.max(0, width) * Math.max(0, height);
  return common / Math.max(a[2] * a[3] + b[2] * b[3] - common, 1e-9);
}

/**
 * Groups overlapping boxes, one group per face, best score first.
 * @param {Box[]} boxes
 * @param {number[]} scores
 * @param {number} threshold IoU above which two boxes are the same face.
 * @returns {number[][]} Indices per face; the first of each has its highest score.
 */
export function groupOverlapping(boxes, scores, threshold) {
  let remaining = boxes.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const groups = [];
  while (remaining.length > 0) {
    const best = boxes[remaining[0]];
    const group = remaining.filter((i) => i === remaining[0] || iou(best, boxes[i]) > threshold);
    remaining = remaining.filter((i) => !group.includes(i));
    groups.push(group);
  }
  return groups;
}
