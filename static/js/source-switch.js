/**
 * The switch between finding faces on the server and finding them in the browser.
 *
 * @import {Session} from "./types.js"
 * @import {Connection} from "./connection.js"
 * @import {Frame} from "./capture.js"
 * @import {Notice} from "./notice.js"
 */

import { BrowserDetector } from "./detector.js";
import { facesOnly, wholeFrames } from "./sources.js";

export class SourceSwitch {
  #input;
  #frame;
  #connection;
  #notice;
  /** @type {Session | null} */
  #session = null;
  /** @type {BrowserDetector | null} */
  #detector = null;
  /** How the next frame travels. */
  current;

  /**
   * @param {HTMLInputElement} input
   * @param {Frame} frame
   * @param {Connection} connection
   * @param {Notice} notice
   */
  constructor(input, frame, connection, notice) {
    this.#input = input;
    this.#frame = frame;
    this.#connection = connection;
    this.#notice = notice;
    this.current = wholeFrames(frame, connection);
    input.addEventListener("change", () => (input.checked ? this.#switchOn() : this.#switchOff()));
    // It may have been switched on while the page was still loading.
    if (input.checked) void this.#switchOn();
  }

  /** @param {Session} session */
  setSession(session) {
    this.#session = session;
    this.#choose();
  }

  /**
   * Goes back to the server's detection and says so.
   * @param {unknown} error
   */
  fallBack(error) {
    if (!this.#detector) return;
    console.error(error);
    this.#switchOff();
    this.#notice.show("detector", {
      text: "Faces could not be found in this browser, so the server finds them as before.",
    });
  }

  /** Loads the detector; frames travel whole until it is there. */
  async #switchOn() {
    this.#notice.clear("detector");
    const detector = (this.#detector = new BrowserDetector());
    this.#mark("loading");
    try {
      await detector.start();
    } catch (error) {
      if (detector === this.#detector) this.fallBack(error);
      return;
    }
    this.#mark("on");
    this.#choose();
  }

  #switchOff() {
    this.#detector?.stop();
    this.#detector = null;
    this.#mark("off");
    this.#choose();
  }

  #choose() {
    const [frame, connection, session] = [this.#frame, this.#connection, this.#session];
    const detector = this.#input.dataset.state === "on" ? this.#detector : null;
    this.current =
      detector && session
        ? facesOnly(frame, connection, detector, session.crop, session.limits)
        : wholeFrames(frame, connection);
  }

  /** @param {"off" | "loading" | "on"} state */
  #mark(state) {
    this.#input.checked = state !== "off";
    this.#input.dataset.state = state;
  }
}
