/**
 * Frame sources: whole frames, or only the crops of faces that the browser has detected.
 *
 * @import {Crop, FrameMeta, Limits} from "../protocol-types.js"
 * @import {Ack} from "../types.js"
 * @import {Connection} from "../connection/connection.js"
 * @import {BrowserDetector} from "../detector/browser-detector.js"
 * @import {FrameCapture} from "./frame-capture.js"
 * @typedef {(meta: FrameMeta, stopped: AbortSignal) => Promise<Ack>} FrameSource Captures and sends one frame;
 *   sends nothing after `stopped` is aborted.
 */

import { cropsWithin, faceSquare } from "../geometry.js";
import { Cropper } from "./frame-capture.js";

/** The detector in the browser could not be loaded or run. */
export class DetectionFailed extends Error {}

/**
 * Sends whole frames.
 * @param {FrameCapture} frame
 * @param {Connection} connection
 * @param {Limits} limits
 * @param {AbortSignal} replaced Aborted when another source takes over; frames captured before are not sent.
 * @returns {FrameSource}
 */
export function wholeFrames(frame, connection, limits, replaced) {
  return async (meta, stopped) => {
    frame.capture();
    const image = await frame.encode(limits.max_frame_bytes);
    throwIfAborted(replaced, stopped);
    return connection.sendFrame(meta, image);
  };
}

/**
 * Detects faces in the browser and sends their crops.
 * @param {FrameCapture} frame
 * @param {Connection} connection
 * @param {BrowserDetector} detector
 * @param {{crop: Crop, limits: Limits}} session
 * @param {AbortSignal} replaced As for whole frames.
 * @returns {FrameSource}
 */
export function faceCrops(frame, connection, detector, { crop, limits }, replaced) {
  const croppers = Array.from({ length: limits.max_faces }, () => new Cropper());
  return async (meta, stopped) => {
    frame.capture();
    const detections = await detect(frame, detector, replaced);
    const { count, side } = cropsWithin(Math.min(detections.length, limits.max_faces), crop.size, limits.max_pixels);
    const maxBytes = limits.max_frame_bytes / count;
    const faces = detections.slice(0, count).map((face) => ({ ...face, crop_box: faceSquare(face.box, crop.margin) }));
    const pending = faces.map((face, i) => croppers[i].crop(frame.canvas, face.crop_box, side, maxBytes));
    const crops = await Promise.all(pending);
    throwIfAborted(replaced, stopped);
    return connection.sendFaces({ ...meta, width: frame.side, height: frame.side, faces }, crops);
  };
}

/**
 * @param {FrameCapture} frame
 * @param {BrowserDetector} detector
 * @param {AbortSignal} replaced
 */
async function detect(frame, detector, replaced) {
  try {
    return await detector.detect(frame.canvas);
  } catch (error) {
    // A detector that was stopped on purpose has not failed.
    throwIfAborted(replaced);
    throw new DetectionFailed(String(error), { cause: error });
  }
}

/** Throws if one of the signals was aborted. */
function throwIfAborted(/** @type {AbortSignal[]} */ ...signals) {
  for (const signal of signals) signal.throwIfAborted();
}
