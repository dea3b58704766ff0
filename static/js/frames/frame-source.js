/**
 * The two ways of a frame to the server: whole, or only its faces, found in the browser.
 *
 * @import {Ack, Crop, FrameMeta, Limits} from "../protocol-types.js"
 * @import {Connection} from "../connection/connection.js"
 * @import {BrowserDetector} from "../detector/browser-detector.js"
 * @import {Frame} from "./frame-capture.js"
 * @typedef {(meta: FrameMeta, stopped: AbortSignal) => Promise<Ack>} Source Sends nothing once it was stopped.
 */

import { Cutter } from "./frame-capture.js";
import { cropsWithin, faceSquare } from "../geometry.js";

/** Loading or running the detector in the browser did not work. */
export class DetectionFailed extends Error {}

/**
 * @param {Frame} frame
 * @param {Connection} connection
 * @param {Limits} limits
 * @param {AbortSignal} turned Aborted when frames are to travel so no more, also one that was taken before.
 * @returns {Source}
 */
export function wholeFrames(frame, connection, limits, turned) {
  return async (meta, stopped) => {
    frame.take();
    const image = await frame.encode(limits.max_frame_bytes);
    goOnUnless(turned, stopped);
    return connection.sendFrame(meta, image);
  };
}

/**
 * @param {Frame} frame
 * @param {Connection} connection
 * @param {BrowserDetector} detector
 * @param {{crop: Crop, limits: Limits}} session
 * @param {AbortSignal} turned As for whole frames.
 * @returns {Source}
 */
export function facesOnly(frame, connection, detector, { crop, limits }, turned) {
  const cutters = Array.from({ length: limits.max_faces }, () => new Cutter());
  return async (meta, stopped) => {
    frame.take();
    const found = await detectOrFail(frame, detector, turned);
    const { count, side } = cropsWithin(Math.min(found.length, limits.max_faces), crop.size, limits.max_pixels);
    const bytes = limits.max_frame_bytes / count;
    const faces = found.slice(0, count).map((face) => ({ ...face, crop_box: faceSquare(face.box, crop.margin) }));
    const cut = faces.map((face, i) => cutters[i].cut(frame.picture, face.crop_box, side, bytes));
    const crops = await Promise.all(cut);
    goOnUnless(turned, stopped);
    return connection.sendFaces({ ...meta, width: frame.side, height: frame.side, faces }, crops);
  };
}

/**
 * @param {Frame} frame
 * @param {BrowserDetector} detector
 * @param {AbortSignal} turned
 */
async function detectOrFail(frame, detector, turned) {
  try {
    return await detector.detect(frame.picture);
  } catch (error) {
    // A detector that was stopped on purpose has not failed.
    goOnUnless(turned);
    throw new DetectionFailed(String(error), { cause: error });
  }
}

/** Throws where one of the signals was aborted. */
function goOnUnless(/** @type {AbortSignal[]} */ ...signals) {
  for (const signal of signals) signal.throwIfAborted();
}
