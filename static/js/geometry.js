/**
 * Boxes and squares: plain arithmetic, no page.
 *
 * @import {Box, TurnedSquare} from "./protocol-types.js"
 */

/**
 * The largest square in the middle of a picture.
 * @param {number} width
 * @param {number} height
 */
export function centreSquare(width, height) {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/**
 * A box of the frame, placed on a square stage that shows the frame, perhaps mirrored.
 * @param {Box} box
 * @param {number} frameSide
 * @param {number} stageSide
 * @param {boolean} mirrored
 * @returns {Box}
 */
export function placeOnStage([x, y, w, h], frameSide, stageSide, mirrored) {
  const scale = stageSide / frameSide;
  const left = mirrored ? frameSide - x - w : x;
  return [left * scale, y * scale, w * scale, h * scale];
}

/**
 * The transformation, as canvas has it, that lays a unit square with its centre at 0, 0 over a turned
 * square of the frame, on a stage that shows the frame, perhaps mirrored.
 * @param {TurnedSquare} square
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
 * The square around a face box, widened on each side by `margin` of its longer side.
 * @param {Box} box
 * @param {number} margin
 * @returns {Box}
 */
export function faceSquare([x, y, w, h], margin) {
  const side = Math.max(w, h) * (1 + 2 * margin);
  return [x + w / 2 - side / 2, y + h / 2 - side / 2, side, side];
}

/**
 * The side of the largest square of at most so many pixels, and at most `side`.
 * @param {number} side
 * @param {number} pixels
 */
export function sideWithin(side, pixels) {
  return Math.min(side, Math.floor(Math.sqrt(pixels)));
}

/** Below this side of a crop the models would see less than they were made for: rather fewer faces. */
const SMALLEST_CROP = 64;

/**
 * How many crops go, and how large, so that all together have at most so many pixels.
 * @param {number} wanted
 * @param {number} size The side that serves all models.
 * @param {number} pixels
 */
export function cropsWithin(wanted, size, pixels) {
  const most = Math.max(1, Math.floor(pixels / Math.min(size, SMALLEST_CROP) ** 2));
  const count = Math.min(wanted, most);
  return { count, side: sideWithin(size, pixels / Math.max(1, count)) };
}

/**
 * Where a label goes: below its face, else above it, else beside its middle, whichever is free
 * first, and always on the stage.
 * @param {Box} face
 * @param {number} width
 * @param {number} height
 * @param {number} side Side of the stage.
 * @param {Box[]} taken Labels that are there already.
 * @returns {Box}
 */
export function placeLabel([x, y, w, h], width, height, side, taken) {
  const inside = (/** @type {number} */ value, /** @type {number} */ size) =>
    Math.max(4, Math.min(value, side - size - 4));
  /** @type {Box[]} */
  const places = [[x, y + h + 8], [x, y - 8 - height], [x + w + 8, y + h / 2], [x - 8 - width, y + h / 2]].map(
    ([left, top]) => [inside(left, width), inside(top, height), width, height],
  );
  const isFree = (/** @type {Box} */ place) => taken.every((other) => overlap(place, other) === 0);
  const isClear = (/** @type {Box} */ place) => isFree(place) && overlap(place, [x, y, w, h]) === 0;
  return places.find(isClear) ?? places.find(isFree) ?? places[0];
}

/**
 * Intersection over union of two boxes, from 0 to 1.
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const common = Math.max(0, width) * Math.max(0, height);
  return common / Math.max(a[2] * a[3] + b[2] * b[3] - common, 1e-9);
}

/**
 * Groups boxes that overlap into one face each, the best score first.
 * @param {Box[]} boxes
 * @param {number[]} scores
 * @param {number} threshold Overlap above which two boxes are the same face.
 * @returns {number[][]} Indices per face; the first of each has its highest score.
 */
export function suppress(boxes, scores, threshold) {
  let remaining = boxes.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const groups = [];
  while (remaining.length > 0) {
    const best = boxes[remaining[0]];
    const group = remaining.filter((i) => i === remaining[0] || overlap(best, boxes[i]) > threshold);
    remaining = remaining.filter((i) => !group.includes(i));
    groups.push(group);
  }
  return groups;
}
