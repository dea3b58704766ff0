/**
 * The one hint over the video that matters most now: what stands in the way, or else what is in view.
 *
 * @import {ConnectionState} from "../connection/connection.js"
 * @import {Faces} from "../faces/tracked-faces.js"
 * @import {DetectorState} from "../frames/detection-mode.js"
 * @typedef {object} Situation What the page knows of the way of a picture.
 * @property {ConnectionState} connection
 * @property {DetectorState} detector
 * @property {number} pictureAt When the camera gave its last picture.
 * @property {number | null} waitingSince Since when no frame was answered.
 */

import { hint } from "../strings.js";

const ASKING = "Waiting for the camera. The browser may be asking whether this page may use it.";
const NO_FACE = "No face in view. Sit in front of the camera.";
/** The view may be empty for so long before the page says so. */
const PATIENCE_MS = 1000;
/** Camera and server may give nothing for so long before the page says so. */
const SILENCE_MS = 2500;

/**
 * What is said while the browser has not given the camera.
 * @param {number} sinceMs
 */
export function startingHint(sinceMs) {
  return sinceMs > PATIENCE_MS ? ASKING : "";
}

/** @type {Partial<Record<ConnectionState, string>>} */
const WAITING = {
  connecting: "Waiting for the server",
  reconnecting: "The connection was lost. Trying again …",
  ended: "Paused",
  refused: "Waiting for access",
  full: "The server is full",
};

/** @type {Partial<Record<DetectorState, string>>} */
const HELD_BACK = {
  loading: "Loading the detector …",
  failed: "No pictures are sent",
};

/**
 * Why nobody looks for faces now; empty where all is well.
 * @param {Situation} situation
 * @param {number} at
 */
export function standstill({ connection, detector, pictureAt, waitingSince }, at) {
  if (connection !== "connected") return WAITING[connection] ?? "";
  if (at - pictureAt > SILENCE_MS) return "The camera gives no picture";
  if (detector in HELD_BACK) return HELD_BACK[detector] ?? "";
  return waitingSince !== null && at - waitingSince > SILENCE_MS ? "The server is slow to answer" : "";
}

/**
 * What whoever is in view, or should be, can do.
 * @param {Faces} faces
 * @param {number} at
 */
export function viewHint(faces, at) {
  const inView = faces.inView(at);
  if (inView.length === 0) return faces.emptyFor(at) > PATIENCE_MS ? NO_FACE : "";
  const poor = inView.filter(({ face }) => !face.quality.ok);
  return poor.length === inView.length ? hint(poor[0].face.quality.reasons) : "";
}
