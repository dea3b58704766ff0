/**
 * Switch between face detection on the server and in the browser.
 *
 * While it is on, no whole frame leaves the browser: not while the detector loads, and not after it
 * has failed, unless the visitor decides so.
 *
 * @import {FrameMeta, Session} from "../protocol-types.js"
 * @import {Connection} from "../connection/connection.js"
 * @import {Notice} from "../view/notice.js"
 * @import {FrameSource} from "./frame-source.js"
 * @typedef {"off" | "loading" | "on" | "failed"} DetectorState State of the browser's detector.
 */

import { BrowserDetector } from "../detector/browser-detector.js";
import { sideWithin } from "../geometry.js";
import { DETECTION_NOTES, DETECTOR_FAILED } from "../strings.js";
import { setText } from "../view/dom.js";
import { FRAME_SIDE, FrameCapture } from "./frame-capture.js";
import { faceCrops, wholeFrames } from "./frame-source.js";

export class DetectionMode {
  #input;
  #note;
  #video;
  #connection;
  #notice;
  #rotation;
  /** @type {Session | null} */
  #session = null;
  /** @type {BrowserDetector | null} */
  #detector = null;
  /** @type {DetectorState} */
  #state = "off";
  /** Sends the next frame; null while nothing may be sent. @type {FrameSource | null} */
  #source = null;
  /** Aborted when another source takes over. */
  #replaced = new AbortController();

  /**
   * @param {{input: HTMLInputElement, note: HTMLElement}} controls The switch and the text that describes it.
   * @param {HTMLVideoElement} video
   * @param {Connection} connection
   * @param {Notice} notice
   * @param {number} rotation Degrees clockwise that make the video upright.
   */
  constructor({ input, note }, video, connection, notice, rotation) {
    this.#input = input;
    this.#note = note;
    this.#video = video;
    this.#connection = connection;
    this.#notice = notice;
    this.#rotation = rotation;
    input.addEventListener("change", () => (input.checked ? this.#switchOn() : this.#switchOff()));
    // The visitor may have switched it on while the page was loading.
    if (input.checked) void this.#switchOn();
  }

  get state() {
    return this.#state;
  }

  /** Whether a frame may be sent. */
  get ready() {
    return this.#source !== null;
  }

  /**
   * @param {FrameMeta} meta
   * @param {AbortSignal} stopped Aborted when the frame must not be sent any more.
   */
  async send(meta, stopped) {
    if (!this.#source) throw new Error("no frames may be sent now");
    return this.#source(meta, stopped);
  }

  /** @param {Session} session */
  setSession(session) {
    this.#session = session;
    this.#replaceSource();
  }

  /**
   * Stops sending, says so and lets the visitor decide how to continue.
   * @param {unknown} error
   */
  fail(error) {
    if (!this.#detector) return;
    console.error(error);
    this.#setState("failed");
    const button = { title: DETECTOR_FAILED.button, run: () => this.#switchOff() };
    this.#notice.show("detector", { text: DETECTOR_FAILED.text, button });
  }

  async #switchOn() {
    const detector = new BrowserDetector();
    this.#setState("loading", detector);
    try {
      await detector.start();
      if (detector === this.#detector) this.#setState("on", detector);
    } catch (error) {
      if (detector === this.#detector) this.fail(error);
    }
  }

  #switchOff() {
    this.#setState("off");
  }

  /**
   * @param {DetectorState} state
   * @param {BrowserDetector | null} detector Replaces the previous one, which is stopped.
   */
  #setState(state, detector = null) {
    if (detector !== this.#detector) this.#detector?.stop();
    this.#detector = detector;
    this.#state = this.#input.dataset.state = state;
    this.#input.checked = state !== "off";
    setText(this.#note, DETECTION_NOTES[state]);
    this.#notice.clear("detector");
    this.#replaceSource();
  }

  /** Frames that the previous source has captured but not sent are discarded. */
  #replaceSource() {
    this.#replaced.abort();
    this.#replaced = new AbortController();
    this.#source = this.#session && this.#newSource(this.#session, this.#replaced.signal);
  }

  /**
   * @param {Session} session
   * @param {AbortSignal} replaced
   * @returns {FrameSource | null}
   */
  #newSource(session, replaced) {
    if (this.#state === "off") {
      const side = sideWithin(FRAME_SIDE, session.limits.max_pixels);
      return wholeFrames(this.#capture(side), this.#connection, session.limits, replaced);
    }
    if (this.#state !== "on" || !this.#detector) return null;
    return faceCrops(this.#capture(FRAME_SIDE), this.#connection, this.#detector, session, replaced);
  }

  /** @param {number} side */
  #capture(side) {
    return new FrameCapture(this.#video, side, this.#rotation);
  }
}
