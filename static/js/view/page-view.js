/**
 * What the page shows of the faces in view: drawing, cards, hint, numbers, and what is said aloud.
 *
 * @import {Model} from "../protocol-types.js"
 * @import {ConnectionState} from "../connection/connection.js"
 * @import {Faces} from "../faces/tracked-faces.js"
 * @import {Situation} from "./video-hint.js"
 * @import {Statistics} from "../frames/frame-statistics.js"
 */

import { Announcer } from "./live-region.js";
import { Cards } from "./face-cards.js";
import { now } from "../clock.js";
import { byId, setText } from "./dom.js";
import { standstill, startingHint, viewHint } from "./video-hint.js";
import { leadModel } from "../settings/models.js";
import { Overlay } from "./overlay.js";
import { spoken } from "../strings.js";

/** @type {Record<ConnectionState, string>} */
const CONNECTION_WORDS = {
  connecting: "Connecting …",
  connected: "Connected",
  reconnecting: "Reconnecting …",
  ended: "Paused",
  refused: "Access refused",
  full: "Server full",
};

const CAMERA_WORDS = { idle: "Start camera", starting: "Starting …", live: "Stop camera" };

export class View {
  mirrored;
  #explaining = false;
  /** @type {Model[]} */
  #models = [];
  /** @type {"idle" | "starting" | "live"} */
  stage = "idle";
  #stageSince = 0;
  #faces;
  #statistics;
  #situation;
  #overlay = new Overlay(byId("overlay", HTMLCanvasElement));
  #cards = new Cards(byId("faces", HTMLUListElement));
  #announcer = new Announcer((text) => setText(byId("announcements", HTMLElement), text));
  #video = byId("video", HTMLVideoElement);
  #hint = byId("hint", HTMLElement);
  #empty = byId("faces-empty", HTMLElement);
  #activationSwitch = byId("activation-switch", HTMLLabelElement);
  #activationNote = byId("activation-note", HTMLElement);
  #cameraButton = byId("camera-button", HTMLButtonElement);
  #drawing = 0;

  /**
   * @param {Faces} faces
   * @param {Statistics} statistics
   * @param {boolean} mirrored
   * @param {() => Situation} situation
   */
  constructor(faces, statistics, mirrored, situation) {
    this.mirrored = mirrored;
    this.#faces = faces;
    this.#statistics = statistics;
    this.#situation = situation;
  }

  /** @param {Model[]} models */
  setModels(models) {
    this.#models = models;
    this.#cards.setModels(models);
    this.#activationSwitch.hidden = !models.some((model) => model.activation);
  }

  /** @param {boolean} on Whether to draw what explains the answers. */
  explain(on) {
    this.#explaining = on;
    this.#activationNote.hidden = !on;
  }

  /** @param {"idle" | "starting" | "live"} stage */
  setStage(stage) {
    this.stage = document.body.dataset.stage = stage;
    this.#stageSince = now();
    setText(this.#cameraButton, CAMERA_WORDS[stage]);
  }

  /** @param {ConnectionState} state */
  setConnection(state) {
    byId("connection", HTMLElement).dataset.state = state;
    setText(byId("connection-text", HTMLElement), CONNECTION_WORDS[state]);
  }

  /** @param {string} text */
  say(text) {
    this.#announcer.now(text, now());
  }

  /**
   * Shows all of it at the display's next refresh.
   * @param {number} at
   */
  refresh(at) {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => this.#draw(at));
  }

  /** @param {number} at */
  #draw(at) {
    const faces = this.#faces.list();
    this.#video.classList.toggle("is-mirrored", this.mirrored);
    this.#overlay.draw(this.#faces.inView(at), {
      models: this.#models,
      frameSide: this.#faces.frameSide,
      mirrored: this.mirrored,
      explaining: this.#explaining,
      at,
    });
    this.#cards.update(faces, at);
    this.#empty.hidden = faces.length > 0;
    if (this.stage !== "live") return this.#showHint(this.#startingHint(at));
    const reason = standstill(this.#situation(), at);
    this.#showHint(reason || viewHint(this.#faces, at));
    this.#announcer.offer(reason || spoken(faces, leadModel(this.#models), at), now());
  }

  /** @param {number} at */
  #startingHint(at) {
    return this.stage === "starting" ? startingHint(at - this.#stageSince) : "";
  }

  /** @param {string} text */
  #showHint(text) {
    setText(this.#hint, text);
    this.#hint.hidden = text === "";
  }

  /** @param {number} at */
  showNumbers(at) {
    const { rate, latencyMs, dropped, lost } = this.#statistics.summary(at);
    setText(byId("stat-rate", HTMLElement), rate > 0 ? rate.toFixed(rate < 10 ? 1 : 0) : "–");
    setText(byId("stat-latency", HTMLElement), latencyMs === null ? "–" : latencyMs.toFixed(0));
    setText(byId("stat-dropped", HTMLElement), String(dropped + lost));
    return { rate, latencyMs };
  }
}
