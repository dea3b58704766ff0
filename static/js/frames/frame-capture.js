/**
 * Frames and face crops as JPEGs: the centre square of the video, and squares cut out of it.
 *
 * @import {Box} from "../types.js"
 */

import { centreSquare } from "../geometry.js";

/** Side of a frame in pixels. Frames are smaller if the server's limits require it. */
export const FRAME_SIDE = 480;
const FRAME_QUALITY = 0.8;
const CROP_QUALITY = 0.9;
/** Below this quality, a JPEG shows little but block artefacts. */
const MIN_QUALITY = 0.15;

/** @param {number} side */
function squareCanvas(side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2D canvas");
  context.imageSmoothingQuality = "medium";
  return { canvas, context };
}

/**
 * Rotates everything that is drawn from now on.
 * @param {CanvasRenderingContext2D} context
 * @param {number} degrees Clockwise.
 */
function rotateAroundCentre(context, degrees) {
  const middle = context.canvas.width / 2;
  context.translate(middle, middle);
  context.rotate((degrees * Math.PI) / 180);
  context.translate(-middle, -middle);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @returns {Promise<ArrayBuffer>}
 */
function toJpeg(canvas, quality) {
  return new Promise((resolve, reject) => {
    const done = (/** @type {Blob | null} */ blob) =>
      blob ? resolve(blob.arrayBuffer()) : reject(new Error("the browser could not encode a JPEG"));
    canvas.toBlob(done, "image/jpeg", quality);
  });
}

/**
 * Encodes a JPEG of at most `maxBytes`: halves the quality until it fits or reaches the minimum.
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @param {number} maxBytes
 */
export async function toJpegWithin(canvas, quality, maxBytes) {
  for (let current = quality; ; current /= 2) {
    const jpeg = await toJpeg(canvas, current);
    if (jpeg.byteLength <= maxBytes || current < MIN_QUALITY) return jpeg;
  }
}

/** Captures frames of one size from a video. */
export class FrameCapture {
  #video;
  #square;

  /**
   * @param {HTMLVideoElement} video
   * @param {number} side In pixels.
   * @param {number} rotation Degrees clockwise that make the video upright.
   */
  constructor(video, side, rotation = 0) {
    this.#video = video;
    this.#square = squareCanvas(side);
    if (rotation !== 0) rotateAroundCentre(this.#square.context, rotation);
  }

  get side() {
    return this.#square.canvas.width;
  }

  /** The canvas that holds the last frame. */
  get canvas() {
    return this.#square.canvas;
  }

  /** Captures the video's current image: its centre square, never stretched. */
  capture() {
    const { videoWidth, videoHeight } = this.#video;
    const { x, y, side } = centreSquare(videoWidth, videoHeight);
    this.#square.context.drawImage(this.#video, x, y, side, side, 0, 0, this.side, this.side);
  }

  /** @param {number} maxBytes */
  encode(maxBytes) {
    return toJpegWithin(this.#square.canvas, FRAME_QUALITY, maxBytes);
  }
}

/** Cuts face crops out of frames, one at a time. Pixels beyond the frame repeat its edge. */
export class Cropper {
  #square = squareCanvas(1);

  /**
   * @param {HTMLCanvasElement} frame
   * @param {Box} box A square that may reach beyond the frame.
   * @param {number} size Side of the crop in pixels.
   * @param {number} maxBytes
   */
  crop(frame, [x, y, side], size, maxBytes) {
    const { canvas, context } = (this.#square = this.#resized(size));
    const scale = canvas.width / side;
    context.drawImage(frame, -x * scale, -y * scale, frame.width * scale, frame.height * scale);
    repeatEdges(context, {
      left: Math.ceil(Math.max(0, -x * scale)),
      top: Math.ceil(Math.max(0, -y * scale)),
      right: Math.floor(Math.min(canvas.width, (frame.width - x) * scale)),
      bottom: Math.floor(Math.min(canvas.height, (frame.height - y) * scale)),
    });
    return toJpegWithin(canvas, CROP_QUALITY, maxBytes);
  }

  /** @param {number} size */
  #resized(size) {
    return this.#square.canvas.width === size ? this.#square : squareCanvas(size);
  }
}

/**
 * Stretches the outermost columns and rows of the part that shows the frame over the rest.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, right: number, bottom: number}} part
 */
function repeatEdges(context, { left, top, right, bottom }) {
  const { canvas } = context;
  const { width, height } = canvas;
  if (right <= left || bottom <= top) return;
  if (left > 0) context.drawImage(canvas, left, 0, 1, height, 0, 0, left, height);
  if (right < width) context.drawImage(canvas, right - 1, 0, 1, height, right, 0, width - right, height);
  if (top > 0) context.drawImage(canvas, 0, top, width, 1, 0, 0, width, top);
  if (bottom < height) context.drawImage(canvas, 0, bottom - 1, width, 1, 0, bottom, width, height - bottom);
}
