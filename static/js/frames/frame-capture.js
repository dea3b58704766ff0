/**
 * Pictures to send: the centre square of the camera's picture, and squares cut out of it.
 *
 * @import {Box} from "../protocol-types.js"
 */

import { centreSquare } from "../geometry.js";

/** Side of the frames that are looked at, in pixels; sent are smaller ones where the server wants them. */
export const FRAME_SIDE = 480;
const FRAME_QUALITY = 0.8;
const CROP_QUALITY = 0.9;
/** Below it a JPEG shows little but blocks. */
const WORST_QUALITY = 0.15;

/** @param {number} side */
function squareCanvas(side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser gives no 2D canvas");
  context.imageSmoothingQuality = "medium";
  return { canvas, context };
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
 * A JPEG of at most so many bytes: worse and worse, until it is small enough or could not be worse.
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @param {number} maxBytes
 */
export async function toJpegWithin(canvas, quality, maxBytes) {
  for (let tried = quality; ; tried /= 2) {
    const jpeg = await toJpeg(canvas, tried);
    if (jpeg.byteLength <= maxBytes || tried < WORST_QUALITY) return jpeg;
  }
}

/** The frame that is looked at: a square of fixed size, taken from the video when asked. */
export class Frame {
  #video;
  #square;

  /**
   * @param {HTMLVideoElement} video
   * @param {number} side In pixels.
   */
  constructor(video, side) {
    this.#video = video;
    this.#square = squareCanvas(side);
  }

  get side() {
    return this.#square.canvas.width;
  }

  /** The canvas that holds the frame taken last. */
  get picture() {
    return this.#square.canvas;
  }

  /** Takes the video's present picture, never stretched. */
  take() {
    const { videoWidth, videoHeight } = this.#video;
    const { x, y, side } = centreSquare(videoWidth, videoHeight);
    this.#square.context.drawImage(this.#video, x, y, side, side, 0, 0, this.side, this.side);
  }

  /** @param {number} maxBytes */
  encode(maxBytes) {
    return toJpegWithin(this.#square.canvas, FRAME_QUALITY, maxBytes);
  }
}

/** Cuts a square out of a picture, one at a time; pixels beyond its edge repeat the edge. */
export class Cutter {
  #square = squareCanvas(1);

  /**
   * @param {HTMLCanvasElement} picture
   * @param {Box} box A square that may reach beyond the picture.
   * @param {number} size Side of the crop in pixels.
   * @param {number} maxBytes
   */
  cut(picture, [x, y, side], size, maxBytes) {
    const { canvas, context } = (this.#square = this.#sized(size));
    const scale = canvas.width / side;
    context.drawImage(picture, -x * scale, -y * scale, picture.width * scale, picture.height * scale);
    repeatEdges(context, {
      left: Math.ceil(Math.max(0, -x * scale)),
      top: Math.ceil(Math.max(0, -y * scale)),
      right: Math.floor(Math.min(canvas.width, (picture.width - x) * scale)),
      bottom: Math.floor(Math.min(canvas.height, (picture.height - y) * scale)),
    });
    return toJpegWithin(canvas, CROP_QUALITY, maxBytes);
  }

  /** @param {number} size */
  #sized(size) {
    return this.#square.canvas.width === size ? this.#square : squareCanvas(size);
  }
}

/**
 * Stretches the outermost columns and rows of the part that holds a picture over the rest.
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
