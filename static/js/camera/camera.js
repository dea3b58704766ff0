/**
 * The visitor's camera: opening and closing it, explaining its errors, and waiting for its images.
 *
 * @typedef {object} CameraError
 * @property {string} name Name of the browser's error.
 * @property {boolean} secure Whether the page may use a camera at all.
 * @property {boolean} supported Whether the browser can use cameras.
 * @property {string} host The page's host and port.
 * @property {string} port The page's port; empty if it is the usual one.
 */

import { now } from "../clock.js";
import { CAMERA_ERRORS } from "../strings.js";

const CONSTRAINTS = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };

/** @type {Record<string, Exclude<keyof typeof CAMERA_ERRORS, "insecure">>} */
const CAUSES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  TrackEnded: "lost",
};

/**
 * Says what went wrong and what to do.
 * @param {CameraError} error
 */
export function cameraErrorText({ name, secure, supported, host, port }) {
  if (!secure) return CAMERA_ERRORS.insecure(host, port);
  if (!supported) return CAMERA_ERRORS.unsupported();
  return CAMERA_ERRORS[CAUSES[name] ?? "other"]();
}

/**
 * The text for an error in this page.
 * @param {unknown} error
 */
export function describeCameraError(error) {
  return cameraErrorText({
    name: error instanceof Error ? error.name : String(error),
    secure: window.isSecureContext,
    supported: Boolean(navigator.mediaDevices?.getUserMedia),
    host: location.host,
    port: location.port,
  });
}

/** A camera shown by a video element. */
export class Camera {
  #video;
  #onLost;
  /** @type {MediaStream | null} */
  #stream = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => void} onLost Called when the camera stops without `close`.
   */
  constructor(video, onLost) {
    this.#video = video;
    this.#onLost = onLost;
  }

  /** Asks for the camera and shows it; rejects with the browser's error. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error("no camera in this context");
    const stream = await navigator.mediaDevices.getUserMedia({ video: CONSTRAINTS, audio: false });
    const track = stream.getVideoTracks()[0];
    track?.addEventListener("ended", () => this.#lose(stream));
    track?.addEventListener("unmute", () => this.resume());
    this.#stream = stream;
    this.#video.srcObject = stream;
    this.resume();
  }

  /**
   * Resumes the video: browsers pause it when the camera is muted or the page hidden. This is not
   * awaited, because `play` never settles while the camera sends no image.
   */
  resume() {
    if (this.#stream) this.#video.play().catch(() => {});
  }

  close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** @param {MediaStream} stream */
  #lose(stream) {
    if (stream !== this.#stream) return;
    this.close();
    this.#onLost();
  }
}

/** Waits for images of the camera that were not used before. */
export class CameraImages {
  #video;
  #isNew = false;
  #wake = () => {};
  /** When the last image came, or when waiting for one began. */
  lastAt = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#watch();
  }

  /** Restarts the measurement of how long no image has come. */
  expect() {
    this.lastAt = now();
  }

  /**
   * Waits for a new image; returns early when `signal` is aborted.
   * @param {AbortSignal} signal
   */
  async next(signal) {
    signal.addEventListener("abort", this.#resolve, { once: true });
    if (!this.#isNew) await new Promise((resolve) => (this.#wake = () => resolve(null)));
    signal.removeEventListener("abort", this.#resolve);
    this.#isNew = false;
  }

  /** Asks the video for its next image, or the display for its next refresh. */
  #watch() {
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(this.#receive);
    else requestAnimationFrame(this.#receive);
  }

  #resolve = () => {
    this.#isNew = true;
    this.#wake();
  };

  #receive = () => {
    this.lastAt = now();
    this.#resolve();
    this.#watch();
  };
}
