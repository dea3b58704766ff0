/**
 * The one hint over the video that matters most now.
 *
 * @import {ConnectionState} from "./connection.js"
 * @import {Faces} from "./faces.js"
 * @import {DetectorState} from "./source-switch.js"
 * @typedef {object} Situation What the page knows of the way of a picture.
 * @property {ConnectionState} connection
 * @property {DetectorState} detector
 * @property {number} pictureAt When the camera gave its last picture.
 * @property {number | null} waitingSince Since when no frame was answered.
 * @property {Faces} faces
 */

import { hint } from "./words.js";

const NO_FACE = "No face in view. Sit in front of the camera.";
/** The view may be empty for so long before the page says so. */
const PATIENCE_MS = 1000;
/** Camera and server may give nothing for so long before the page says so. */
const SILENCE_MS = 2500;

/** @type {Partial<Record<ConnectionState, string>>} */
const WAITING = {
  connecting: "Waiting for the server",
  reconnecting: "The connection was lost. Trying again …",
  ended: "Paused",
  refused: "Waiting for access",
};

/** @type {Partial<Record<DetectorState, string>>} */
const HELD_BACK = {
  loading: "Loading the detector …",
  failed: "No pictures are sent",
};

/**
 * @param {Situation} situation
 * @param {number} at
 */
export function stageHint({ connection, detector, pictureAt, waitingSince, faces }, at) {
  if (connection !== "connected") return WAITING[connection] ?? "";
  if (at - pictureAt > SILENCE_MS) return "The camera gives no picture";
  if (detector in HELD_BACK) return HELD_BACK[detector] ?? "";
  if (waitingSince !== null && at - waitingSince > SILENCE_MS) return "The server is slow to answer";
  return viewHint(faces, at);
}

/**
 * @param {Faces} faces
 * @param {number} at
 */
function viewHint(faces, at) {
  const inView = faces.inView(at);
  if (inView.length === 0) return faces.emptyFor(at) > PATIENCE_MS ? NO_FACE : "";
  const poor = inView.filter(({ face }) => !face.quality.ok);
  return poor.length === inView.length ? hint(poor[0].face.quality.reasons) : "";
}
