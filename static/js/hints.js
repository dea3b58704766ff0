/**
 * The one hint over the video that matters most now.
 *
 * @import {ConnectionState} from "./connection.js"
 * @import {Faces} from "./faces.js"
 */

import { hint } from "./words.js";

const NO_FACE = "No face in view. Sit in front of the camera.";
/** The view may be empty for so long before the page says so. */
const PATIENCE_MS = 1000;
/** Frames may go unanswered for so long before the page says so. */
const SILENCE_MS = 2500;

/** @type {Partial<Record<ConnectionState, string>>} */
const WAITING = {
  connecting: "Waiting for the server",
  reconnecting: "The connection was lost. Trying again …",
  ended: "Paused",
  refused: "Waiting for access",
};

/**
 * @param {ConnectionState} connection
 * @param {Faces} faces
 * @param {number} at
 */
export function stageHint(connection, faces, at) {
  if (connection !== "connected") return WAITING[connection] ?? "";
  if (faces.lastFrameAt === null) return "";
  if (at - faces.lastFrameAt > SILENCE_MS) return "The server is slow to answer";
  const inView = faces.inView(at);
  if (inView.length === 0) return faces.emptyFor(at) > PATIENCE_MS ? NO_FACE : "";
  const poor = inView.filter(({ face }) => !face.quality.ok);
  return poor.length === inView.length ? hint(poor[0].face.quality.reasons) : "";
}
