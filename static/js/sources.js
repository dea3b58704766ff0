/**
 * The two ways of a frame to the server: whole, or only its faces, found in the browser.
 *
 * @import {Ack, Crop, FrameMeta, Limits} from "./types.js"
 * @import {Connection} from "./connection.js"
 * @import {BrowserDetector} from "./detector.js"
 * @import {Frame} from "./capture.js"
 * @typedef {(meta: FrameMeta) => Promise<Ack>} Source
 */

import { Cutter, FRAME_SIDE } from "./capture.js";
import { faceSquare } from "./geometry.js";

/** Loading or running the detector in the browser did not work. */
export class DetectionFailed extends Error {}

/**
 * @param {Frame} frame
 * @param {Connection} connection
 * @returns {Source}
 */
export function wholeFrames(frame, connection) {
  return async (meta) => {
    frame.take();
    return connection.sendFrame(meta, await frame.encode());
  };
}

/**
 * @param {Frame} frame
 * @param {Connection} connection
 * @param {BrowserDetector} detector
 * @param {Crop} crop
 * @param {Limits} limits
 * @returns {Source}
 */
export function facesOnly(frame, connection, detector, crop, limits) {
  const cutter = new Cutter(crop.size);
  return async (meta) => {
    frame.take();
    const found = (await detectOrFail(frame, detector)).slice(0, limits.max_faces);
    const faces = found.map((face) => ({ ...face, crop_box: faceSquare(face.box, crop.margin) }));
    const crops = await Promise.all(faces.map((face) => cutter.cut(frame.picture, face.crop_box)));
    return connection.sendFaces({ ...meta, width: FRAME_SIDE, height: FRAME_SIDE, faces }, crops);
  };
}

/**
 * @param {Frame} frame
 * @param {BrowserDetector} detector
 */
async function detectOrFail(frame, detector) {
  try {
    return await detector.detect(frame.picture);
  } catch (error) {
    throw new DetectionFailed(String(error), { cause: error });
  }
}
