/**
 * Every text that the scripts show. Texts that never change are in templates/index.html, so a
 * translation of the page replaces these two files.
 *
 * @import {QualityReason, SessionExpired} from "./protocol-types.js"
 * @import {ConnectionState} from "./connection/connection.js"
 * @import {DetectorState} from "./frames/detection-mode.js"
 */

/** The button over the video, by stage. */
export const CAMERA_BUTTON = { idle: "Start camera", starting: "Starting…", live: "Stop camera" };

/** @type {Record<ConnectionState, string>} The connection, in the page's header. */
export const CONNECTION = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  ended: "Paused",
  refused: "Access token required",
  full: "Server full",
};

/** Why the camera did not start or has stopped. */
export const CAMERA_ERRORS = {
  insecure: (/** @type {string} */ host, /** @type {string} */ port) =>
    "Your browser blocks the camera because this page came over plain HTTP from another machine. " +
    `Open http://localhost${port && `:${port}`} on the machine that runs Mien, ` +
    `or ask the operator to start it with HTTPS=1 and open https://${host}.`,
  unsupported: () =>
    "This browser does not support cameras. Open this page in a current version of " +
    "Chrome, Edge, Firefox or Safari.",
  denied: () =>
    "Access to the camera was denied. Allow it for this page in your browser’s address bar or site settings, " +
    "then start the camera again.",
  missing: () => "No camera was found. Connect one or switch it on, then start the camera again.",
  busy: () =>
    "The camera is in use or does not respond. Close other programs and tabs that use it, " +
    "then start the camera again.",
  lost: () =>
    "The camera stopped. Check that it is connected and allowed for this page, then start it again.",
  other: () => "The camera could not be started. Disconnect it and connect it again, or try another browser.",
};

/** Hints over the video while no frames are analysed. */
export const STARTING_HINT = "Waiting for the camera. Allow access if your browser asks for it.";
export const NO_CAMERA_IMAGE_HINT = "The camera sends no image. Check that it is switched on.";
export const SLOW_SERVER_HINT = "The server is slow to respond.";
export const NO_FACE_HINT = "No face in view. Move in front of the camera.";

/** @type {Partial<Record<ConnectionState, string>>} */
export const CONNECTION_HINTS = {
  connecting: "Connecting to the server…",
  reconnecting: "Connection lost. Reconnecting…",
  ended: "Paused",
  refused: "Enter the access token to continue.",
  full: "The server is full. Waiting for a free place…",
};

/** @type {Partial<Record<DetectorState, string>>} */
export const DETECTOR_HINTS = {
  loading: "Loading the face detector…",
  failed: "Face detection failed. No images are sent.",
};

/** @type {Record<DetectorState, string>} What the server receives, below the switch. */
export const DETECTION_NOTES = {
  off: "Whole images are sent to the server. Find faces in the browser to send only face crops.",
  loading: "No images are sent while the face detector loads.",
  on: "Only face crops are sent to the server.",
  failed: "No images are sent, because the face detector failed.",
};

/** @type {Record<QualityReason, string>} What a person can do about a poor image of their face. */
const QUALITY_HINTS = {
  too_small: "Come closer",
  too_dark: "Too dark: turn towards a light",
  too_bright: "Too bright: turn away from the light",
  blurred: "Blurred: hold still",
  turned_away: "Look at the camera",
  unusual: "Hold your head upright",
};

/** @param {QualityReason[]} reasons */
export function qualityHint(reasons) {
  return reasons.map((reason) => QUALITY_HINTS[reason] ?? capitalized(reason)).join(". ");
}

/** Notices above the video. */
export const CONTINUE = "Continue";
export const CLOSE_NOTICE = "Close this message";
export const DETECTOR_FAILED = {
  text:
    "Faces could not be detected in this browser, so no images are sent. Switch “Find faces in the browser” " +
    "off and on to try again, or send whole images to the server.",
  button: "Send whole images",
};
export const SERVER_FULL = "The service is full. This page keeps trying to connect.";

/** @param {number} seconds */
export function countdown(seconds) {
  return seconds > 0 ? `Next attempt in ${seconds} s` : "Connecting…";
}

/** @param {string} message The server's own sentence. */
export function frameRejected(message) {
  return `The server could not analyse an image from the camera. ${message}`;
}

/** @param {string} message The server's own sentence. */
export function settingRejected(message) {
  return `The server did not accept this setting. ${message}`;
}

export const SERVER_STOPPING = "The server is stopping. This page will reconnect.";

/** @type {Record<Exclude<SessionExpired["reason"], "shutdown">, string>} */
const SESSION_ENDED = {
  idle: "The session ended because the server received no images for a while.",
  lifetime: "The session reached its time limit and ended.",
};

/** @param {Exclude<SessionExpired["reason"], "shutdown">} reason */
export function sessionEnded(reason) {
  return `${SESSION_ENDED[reason] ?? "The session ended."} Nothing was stored. Continue to start a new one.`;
}

/** The access token. */
export const TOKEN_LABEL = "Access token";
export const TOKEN_REQUIRED = "This service requires an access token. Ask its operator for one and enter it here.";
export const TOKEN_IN_QUERY =
  "The token after ?token= was not used, because servers may log it. Open this page with #token= instead, " +
  "or enter the token here.";

/** Predictions. */
export const ANALYZING = "Analyzing…";

/** @param {number} id */
export function faceName(id) {
  return `Face ${id}`;
}

/**
 * @param {number} value
 * @param {string} unit
 */
export function measurement(value, unit) {
  return `${Math.round(value)} ${unit}`;
}

/**
 * @param {number} low
 * @param {number} high
 * @param {string} unit
 */
export function likelyRange(low, high, unit) {
  return `likely ${Math.round(low)} to ${Math.round(high)} ${unit}`;
}

/** @param {number} share From 0 to 1. */
export function percent(share) {
  return `${Math.round(share * 100)}%`;
}

/** @param {number} seconds */
export function secondsAgo(seconds) {
  return `${seconds} s ago`;
}

/** @param {string} title A model's title. */
export function unsureAbout(title) {
  return `${title.toLowerCase()} unsure`;
}

/**
 * A label or code of the protocol as text: `too_dark` becomes "Too dark".
 * @param {string} name
 */
export function capitalized(name) {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The panel of models. */
export const EVERY = "every";
export const MILLISECONDS = "ms";

/** @param {string} title Precedes "every", for screen readers. */
export function intervalOf(title) {
  return `Update ${title} `;
}

/** @param {string} message The server's own sentence, or nothing. */
export function modelUnavailable(message) {
  return `Unavailable. ${message}`.trim();
}

/** Announcements for screen readers. */
export const CAMERA_ON = "The camera is on.";
export const CAMERA_OFF = "The camera is off.";

/**
 * @param {string} title
 * @param {"available" | "unavailable"} state
 */
export function modelState(title, state) {
  return `The model ${title} is ${state}.`;
}

/** @param {number} count */
export function facesInView(count) {
  if (count === 0) return "No face in view.";
  return count === 1 ? "One face in view." : `${count} faces in view.`;
}

/**
 * @param {number} id
 * @param {string} text
 */
export function faceSays(id, text) {
  return `${faceName(id)}: ${text}.`;
}

/**
 * @param {number} id
 * @param {string} label
 */
export function faceLooksLike(id, label) {
  return `${faceName(id)} looks like ${label}.`;
}
