/**
 * The hint over the video: why no frames are analysed, or what the people in view can do.
 *
 * @import {ConnectionState} from "../connection/connection.js"
 * @import {TrackedFaces} from "../faces/tracked-faces.js"
 * @import {DetectorState} from "../frames/detection-mode.js"
 * @typedef {object} PipelineState State of the path from the camera to the server.
 * @property {ConnectionState} connection
 * @property {DetectorState} detector
 * @property {number} imageAt When the camera's last image came.
 * @property {number | null} waitingSince Since when no frame has got an ack.
 */

import {
  CONNECTION_HINTS, DETECTOR_HINTS, NO_CAMERA_IMAGE_HINT, NO_FACE_HINT, qualityHint, SLOW_SERVER_HINT, STARTING_HINT,
} from "../strings.js";

/** How long the view may be empty, or the browser take to start the camera, before a hint says so. */
const PATIENCE_MS = 1000;
/** How long the camera and the server may be silent before a hint says so. */
const SILENCE_MS = 2500;

/**
 * The hint while the browser starts the camera.
 * @param {number} elapsedMs
 */
export function startingHint(elapsedMs) {
  return elapsedMs > PATIENCE_MS ? STARTING_HINT : "";
}

/**
 * Why no frames are analysed; empty if they are.
 * @param {PipelineState} state
 * @param {number} at
 */
export function blockedHint({ connection, detector, imageAt, waitingSince }, at) {
  if (connection !== "connected") return CONNECTION_HINTS[connection] ?? "";
  if (at - imageAt > SILENCE_MS) return NO_CAMERA_IMAGE_HINT;
  if (detector in DETECTOR_HINTS) return DETECTOR_HINTS[detector] ?? "";
  return waitingSince !== null && at - waitingSince > SILENCE_MS ? SLOW_SERVER_HINT : "";
}

/**
 * What the people in view can do to be analysed; empty if one of them is.
 * @param {TrackedFaces} faces
 * @param {number} at
 */
export function facesHint(faces, at) {
  const inView = faces.inView(at);
  if (inView.length === 0) return faces.emptyFor(at) > PATIENCE_MS ? NO_FACE_HINT : "";
  const isAnalysed = inView.some(({ face }) => face.quality.ok);
  return isAnalysed ? "" : qualityHint(inView[0].face.quality.reasons);
}
