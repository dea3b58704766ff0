/**
 * The switch between finding faces on the server and finding them in the browser.
 *
 * While it is on, no whole picture leaves the browser: not while the detector loads, and not where
 * it fails, until the visitor says so.
 *
 * @import {FrameMeta, Session} from "../protocol-types.js"
 * @import {Connection} from "../connection/connection.js"
 * @import {Notice} from "../view/notice.js"
 * @import {Source} from "./frame-source.js"
 * @typedef {"off" | "loading" | "on" | "failed"} DetectorState Of the browser's detector.
 */

import { Frame, FRAME_SIDE } from "./frame-capture.js";
import { BrowserDetector } from "../detector/browser-detector.js";
import { sideWithin } from "../geometry.js";
import { facesOnly, wholeFrames } from "./frame-source.js";

const FAILED = {
  text:
    "Faces could not be found in this browser, so no pictures are sent. Switch it off and on to try again, " +
    "or let the server find them.",
  button: "Send whole pictures",
};

export class SourceSwitch {
  #input;
  #video;
  #connection;
  #notice;
  /** @type {Session | null} */
  #session = null;
  /** @type {BrowserDetector | null} */
  #detector = null;
  /** @type {DetectorState} */
  #state = "off";
  /** How the next frame travels; null: none may. @type {Source | null} */
  #source = null;
  /** Aborted when frames travel in another way from now on. */
  #choice = new AbortController();

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLVideoElement} video
   * @param {Connection} connection
   * @param {Notice} notice
   */
  constructor(input, video, connection, notice) {
    this.#input = input;
    this.#video = video;
    this.#connection = connection;
    this.#notice = notice;
    input.addEventListener("change", () => (input.checked ? this.#switchOn() : this.#switchOff()));
    // It may have been switched on while the page was still loading.
    if (input.checked) void this.#switchOn();
  }

  get state() {
    return this.#state;
  }

  /** Whether a frame may travel at all. */
  get ready() {
    return this.#source !== null;
  }

  /**
   * @param {FrameMeta} meta
   * @param {AbortSignal} stopped Aborted when the frame is to go no more.
   */
  async send(meta, stopped) {
    if (!this.#source) throw new Error("no pictures are to be sent now");
    return this.#source(meta, stopped);
  }

  /** @param {Session} session */
  setSession(session) {
    this.#session = session;
    this.#choose();
  }

  /**
   * Sends nothing more, says so and leaves it to the visitor how to go on.
   * @param {unknown} error
   */
  fail(error) {
    if (!this.#detector) return;
    console.error(error);
    this.#become("failed");
    const button = { title: FAILED.button, run: () => this.#switchOff() };
    this.#notice.show("detector", { text: FAILED.text, button });
  }

  async #switchOn() {
    const detector = new BrowserDetector();
    this.#become("loading", detector);
    try {
      await detector.start();
      if (detector === this.#detector) this.#become("on", detector);
    } catch (error) {
      if (detector === this.#detector) this.fail(error);
    }
  }

  #switchOff() {
    this.#become("off");
  }

  /**
   * @param {DetectorState} state
   * @param {BrowserDetector | null} detector Another one is stopped.
   */
  #become(state, detector = null) {
    if (detector !== this.#detector) this.#detector?.stop();
    this.#detector = detector;
    this.#state = this.#input.dataset.state = state;
    this.#input.checked = state !== "off";
    this.#notice.clear("detector");
    this.#choose();
  }

  /** Decides anew how frames travel; one that is on its way in the old manner goes no further. */
  #choose() {
    this.#choice.abort();
    this.#choice = new AbortController();
    this.#source = this.#session && this.#sourceFor(this.#session, this.#choice.signal);
  }

  /**
   * @param {Session} session
   * @param {AbortSignal} signal
   * @returns {Source | null}
   */
  #sourceFor(session, signal) {
    if (this.#state === "off") {
      const side = sideWithin(FRAME_SIDE, session.limits.max_pixels);
      return wholeFrames(new Frame(this.#video, side), this.#connection, session.limits, signal);
    }
    if (this.#state !== "on" || !this.#detector) return null;
    const frame = new Frame(this.#video, FRAME_SIDE);
    return facesOnly(frame, this.#connection, this.#detector, session, signal);
  }
}
