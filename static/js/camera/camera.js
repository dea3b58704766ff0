/**
 * The camera: opening, closing, and what to say when there is none.
 *
 * @typedef {{name: string, secure: boolean, supported: boolean, host: string}} Trouble
 */

import { now } from "../clock.js";

const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };

const SENTENCES = {
  insecure: (/** @type {string} */ host) =>
    "The browser gives no camera to a page that came over plain HTTP from another machine. " +
    `Start Mien with HTTPS=1 and open https://${host}, or open http://localhost on the machine itself.`,
  unsupported: "This browser offers no camera. Open the page in a current Chrome, Edge, Firefox or Safari.",
  refused:
    "The camera was refused. Allow it for this page in the browser's address bar, then start the camera again.",
  missing: "No camera was found. Plug one in or switch it on, then start the camera again.",
  busy: "The camera is busy. Close other programs and tabs that use it, then start the camera again.",
  lost: "The camera went away. Plug it in again, then start the camera.",
  other: "The camera could not be started. Unplug it and plug it in again, or try another browser.",
};

/** @type {Record<string, keyof typeof SENTENCES>} */
const KINDS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  TrackEnded: "lost",
};

/**
 * What went wrong and what to do, in plain words.
 * @param {Trouble} trouble
 */
export function cameraProblem({ name, secure, supported, host }) {
  if (!secure) return SENTENCES.insecure(host);
  if (!supported) return SENTENCES.unsupported;
  const sentence = SENTENCES[KINDS[name] ?? "other"];
  return typeof sentence === "string" ? sentence : SENTENCES.other;
}

/**
 * The sentence for an error that this page has met.
 * @param {unknown} error
 */
export function describeCameraError(error) {
  return cameraProblem({
    name: error instanceof Error ? error.name : String(error),
    secure: window.isSecureContext,
    supported: Boolean(navigator.mediaDevices?.getUserMedia),
    host: location.host,
  });
}

/** A camera whose pictures a video element shows. */
export class Camera {
  #video;
  #onLost;
  /** @type {MediaStream | null} */
  #stream = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => void} onLost Called when the camera goes away by itself.
   */
  constructor(video, onLost) {
    this.#video = video;
    this.#onLost = onLost;
  }

  /** Asks for the camera and shows it; rejects with the browser's error. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error("no camera in this context");
    const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    const track = stream.getVideoTracks()[0];
    track?.addEventListener("ended", () => this.#lose(stream));
    track?.addEventListener("unmute", () => this.resume());
    this.#stream = stream;
    this.#video.srcObject = stream;
    this.resume();
  }

  /**
   * Plays on: browsers pause a video whose camera was muted or whose page was hidden. Nothing waits
   * for it, since it would wait for good where the camera gives no picture.
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

/** Tells when the camera has a picture that was not taken yet. */
export class Pictures {
  #video;
  #fresh = false;
  #wake = () => {};
  /** When the last picture came, or was first to be expected. */
  lastAt = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#watch();
  }

  /** Counts the wait for a picture from now on. */
  expect() {
    this.lastAt = now();
  }

  /**
   * Waits for a new picture; ends early when `signal` is aborted.
   * @param {AbortSignal} signal
   */
  async next(signal) {
    signal.addEventListener("abort", this.#goOn, { once: true });
    if (!this.#fresh) await new Promise((resolve) => (this.#wake = () => resolve(null)));
    signal.removeEventListener("abort", this.#goOn);
    this.#fresh = false;
  }

  /** Asks the video for its next picture, or the display for its next refresh. */
  #watch() {
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(this.#arrive);
    else requestAnimationFrame(this.#arrive);
  }

  #goOn = () => {
    this.#fresh = true;
    this.#wake();
  };

  #arrive = () => {
    this.lastAt = now();
    this.#goOn();
    this.#watch();
  };
}
