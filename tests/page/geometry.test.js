import assert from "node:assert/strict";
import { test } from "node:test";
import {
  centreSquare, cropsWithin, faceSquare, overlap, placeLabel, placeOnStage, sideWithin, squareOnStage, suppress,
} from "../../static/js/geometry.js";

/** Where a canvas with this transformation draws a point. */
const apply = ([a, b, c, d, e, f], [u, v]) => [a * u + c * v + e, b * u + d * v + f].map((n) => Math.round(n * 1e6) / 1e6);

test("the centre square of a wide and of a tall picture is the largest that fits", () => {
  assert.deepEqual(centreSquare(640, 480), { x: 80, y: 0, side: 480 });
  assert.deepEqual(centreSquare(720, 1280), { x: 0, y: 280, side: 720 });
});

test("a box is scaled to the stage, and mirrored from its right edge", () => {
  assert.deepEqual(placeOnStage([48, 96, 96, 48], 480, 240, false), [24, 48, 48, 24]);
  assert.deepEqual(placeOnStage([48, 96, 96, 48], 480, 240, true), [168, 48, 48, 24]);
});

test("a turned square turns clockwise about its centre and keeps its side", () => {
  const matrix = squareOnStage([100, 200, 80, 90], 480, 240, false);
  assert.deepEqual(apply(matrix, [0, 0]), [50, 100]);
  assert.deepEqual(apply(matrix, [-0.5, -0.5]), [70, 80]);
  assert.deepEqual(apply(matrix, [0.5, -0.5]), [70, 120]);
});

test("on a mirrored stage each point of a turned square lies where the mirror shows it", () => {
  const square = [100, 200, 80, 30];
  for (const point of [[0, 0], [-0.5, -0.5], [0.5, 0.25]]) {
    const [x, y] = apply(squareOnStage(square, 480, 240, false), point);
    assert.deepEqual(apply(squareOnStage(square, 480, 240, true), point), [Math.round((240 - x) * 1e6) / 1e6, y]);
  }
});

test("a face square holds the box widened by the margin, about the same centre", () => {
  assert.deepEqual(faceSquare([100, 100, 50, 40], 0.3), [85, 80, 80, 80]);
});

test("a face square may reach beyond the frame", () => {
  assert.deepEqual(faceSquare([0, 0, 10, 10], 0.5), [-5, -5, 20, 20]);
});

test("overlap is one for the same box and zero for boxes that only touch", () => {
  assert.equal(overlap([0, 0, 10, 10], [0, 0, 10, 10]), 1);
  assert.equal(overlap([0, 0, 10, 10], [10, 0, 10, 10]), 0);
  assert.equal(overlap([0, 0, 10, 10], [5, 0, 10, 10]), 50 / 150);
});

test("suppress groups boxes of one face, the best score first", () => {
  const boxes = [[100, 0, 10, 10], [0, 0, 10, 10], [1, 0, 10, 10]];
  assert.deepEqual(suppress(boxes, [0.7, 0.8, 0.9], 0.3), [[2, 1], [0]]);
});

test("suppress puts even an empty box into a group of its own", () => {
  assert.deepEqual(suppress([[5, 5, 0, 0]], [0.9], 0.3), [[0]]);
});

test("a label goes below its face, or above where there is no room", () => {
  assert.deepEqual(placeLabel([50, 50, 100, 100], 120, 40, 400, []), [50, 158, 120, 40]);
  assert.deepEqual(placeLabel([50, 250, 100, 140], 120, 40, 400, []), [50, 202, 120, 40]);
});

test("a label keeps clear of labels that are there and stays on the stage", () => {
  const first = placeLabel([50, 100, 100, 100], 140, 40, 400, []);
  const second = placeLabel([120, 100, 100, 100], 140, 40, 400, [first]);
  assert.equal(overlap(first, second), 0);
  const [x, y, w, h] = placeLabel([380, -20, 100, 100], 140, 40, 400, []);
  assert.ok(x >= 0 && y >= 0 && x + w <= 400 && y + h <= 400);
});

test("a square of so many pixels has the largest side that passes", () => {
  assert.equal(sideWithin(480, 8_294_400), 480);
  assert.equal(sideWithin(480, 480 * 480), 480);
  assert.equal(sideWithin(480, 480 * 480 - 1), 479);
  assert.equal(sideWithin(480, 4096), 64);
});

test("crops that all fit keep their size, others shrink, and where they would be too small fewer go", () => {
  assert.deepEqual(cropsWithin(16, 176, 16 * 176 ** 2), { count: 16, side: 176 });
  assert.deepEqual(cropsWithin(16, 176, 16 * 176 ** 2 - 1), { count: 16, side: 175 });
  assert.deepEqual(cropsWithin(16, 176, 16 * 64 ** 2 - 1), { count: 15, side: 66 });
  assert.deepEqual(cropsWithin(3, 176, 4096), { count: 1, side: 64 });
  assert.deepEqual(cropsWithin(3, 48, 2 * 48 ** 2), { count: 2, side: 48 });
  assert.deepEqual(cropsWithin(0, 176, 4096), { count: 0, side: 64 });
});
