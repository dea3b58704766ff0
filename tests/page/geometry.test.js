import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boxOnStage, centreSquare, cropsWithin, faceSquare, groupOverlapping, iou, placeLabel, sideWithin, squareOnStage,
} from "../../static/js/geometry.js";

/** Where a canvas with this transform draws a point. */
const apply = ([a, b, c, d, e, f], [u, v]) => [a * u + c * v + e, b * u + d * v + f].map((n) => Math.round(n * 1e6) / 1e6);

test("the centre square of a wide and of a tall image is the largest that fits", () => {
  assert.deepEqual(centreSquare(640, 480), { x: 80, y: 0, side: 480 });
  assert.deepEqual(centreSquare(720, 1280), { x: 0, y: 280, side: 720 });
});

test("a box is scaled to the stage, and mirrored from its right edge", () => {
  assert.deepEqual(boxOnStage([48, 96, 96, 48], 480, 240, false), [24, 48, 48, 24]);
  assert.deepEqual(boxOnStage([48, 96, 96, 48], 480, 240, true), [168, 48, 48, 24]);
});

test("a rotated square rotates clockwise around its centre and keeps its side", () => {
  const matrix = squareOnStage([100, 200, 80, 90], 480, 240, false);
  assert.deepEqual(apply(matrix, [0, 0]), [50, 100]);
  assert.deepEqual(apply(matrix, [-0.5, -0.5]), [70, 80]);
  assert.deepEqual(apply(matrix, [0.5, -0.5]), [70, 120]);
});

test("on a mirrored stage, each point of a rotated square is mirrored", () => {
  const square = [100, 200, 80, 30];
  for (const point of [[0, 0], [-0.5, -0.5], [0.5, 0.25]]) {
    const [x, y] = apply(squareOnStage(square, 480, 240, false), point);
    assert.deepEqual(apply(squareOnStage(square, 480, 240, true), point), [Math.round((240 - x) * 1e6) / 1e6, y]);
  }
});

test("a face square contains the box plus the margin, around the same centre", () => {
  assert.deepEqual(faceSquare([100, 100, 50, 40], 0.3), [85, 80, 80, 80]);
});

test("a face square may reach beyond the frame", () => {
  assert.deepEqual(faceSquare([0, 0, 10, 10], 0.5), [-5, -5, 20, 20]);
});

test("IoU is one for the same box and zero for boxes that only touch", () => {
  assert.equal(iou([0, 0, 10, 10], [0, 0, 10, 10]), 1);
  assert.equal(iou([0, 0, 10, 10], [10, 0, 10, 10]), 0);
  assert.equal(iou([0, 0, 10, 10], [5, 0, 10, 10]), 50 / 150);
});

test("overlapping boxes form one group, best score first", () => {
  const boxes = [[100, 0, 10, 10], [0, 0, 10, 10], [1, 0, 10, 10]];
  assert.deepEqual(groupOverlapping(boxes, [0.7, 0.8, 0.9], 0.3), [[2, 1], [0]]);
});

test("even an empty box gets a group of its own", () => {
  assert.deepEqual(groupOverlapping([[5, 5, 0, 0]], [0.9], 0.3), [[0]]);
});

test("a label is placed below its face, or above if there is no space", () => {
  assert.deepEqual(placeLabel([50, 50, 100, 100], 120, 40, 400, []), [50, 158, 120, 40]);
  assert.deepEqual(placeLabel([50, 250, 100, 140], 120, 40, 400, []), [50, 202, 120, 40]);
});

test("a label avoids earlier labels and stays on the stage", () => {
  const first = placeLabel([50, 100, 100, 100], 140, 40, 400, []);
  const second = placeLabel([120, 100, 100, 100], 140, 40, 400, [first]);
  assert.equal(iou(first, second), 0);
  const [x, y, w, h] = placeLabel([380, -20, 100, 100], 140, 40, 400, []);
  assert.ok(x >= 0 && y >= 0 && x + w <= 400 && y + h <= 400);
});

test("the side of a square is the largest within the pixel limit", () => {
  assert.equal(sideWithin(480, 8_294_400), 480);
  assert.equal(sideWithin(480, 480 * 480), 480);
  assert.equal(sideWithin(480, 480 * 480 - 1), 479);
  assert.equal(sideWithin(480, 4096), 64);
});

test("crops that fit keep their size, others shrink, and fewer are sent if they would be too small", () => {
  assert.deepEqual(cropsWithin(16, 176, 16 * 176 ** 2), { count: 16, side: 176 });
  assert.deepEqual(cropsWithin(16, 176, 16 * 176 ** 2 - 1), { count: 16, side: 175 });
  assert.deepEqual(cropsWithin(16, 176, 16 * 64 ** 2 - 1), { count: 15, side: 66 });
  assert.deepEqual(cropsWithin(3, 176, 4096), { count: 1, side: 64 });
  assert.deepEqual(cropsWithin(3, 48, 2 * 48 ** 2), { count: 2, side: 48 });
  assert.deepEqual(cropsWithin(0, 176, 4096), { count: 0, side: 64 });
});
