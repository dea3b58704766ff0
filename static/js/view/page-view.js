/**
 * The page's view of the session: drawing, cards, hint, statistics and announcements.
 *
 * @import {ConnectionState} from "../connection/connection.js"
 * @import {TrackedFaces} from "../faces/tracked-faces.js"
 * @import {FrameStatistics} from "../frames/frame-statistics.js"
 * @import {Model} from "../types.js"
 * @import {PipelineState} from "./video-hint.js"
 * @typedef {"idle" | "starting" | "live"} Stage Of the camera.
 */

import { now } from "../clock.js";
import { describeFaces } from "../faces/face-prediction.js";
import { leadModel } from "../settings/models.js";
import { CAMERA_BUTTON, CONNECTION } from "../strings.js";
import { byId, setText } from "./dom.js";
import { FaceCards } from "./face-cards.js";
import { LiveRegion } from "./live-region.js";
import { Overlay } from "./overlay.js";
import { blockedHint, facesHint, startingHint } from "./video-hint.js";

export class PageView {
  mirrored;
  #explained = false;
  /** @type {Model[]} */
  #models = [];
  /** @type {Stage} */
  stage = "idle";
  #stageSince = 0;
  #faces;
  #statistics;
  #pipelineState;
  #rotation;
  #overlay = new Overlay(byId("overlay", HTMLCanvasElement));
  #cards = new FaceCards(byId("faces", HTMLUListElement));
  #liveRegion = new LiveRegion((text) => setText(byId("live-region", HTMLElement), text));
  #video = byId("video", HTMLVideoElement);
  #hint = byId("video-hint", HTMLElement);
  #empty = byId("faces-empty", HTMLElement);
  #activationSwitch = byId("activation-switch", HTMLLabelElement);
  #activationNote = byId("activation-note", HTMLElement);
  #cameraButton = byId("camera-button", HTMLButtonElement);
  #refresh = 0;

  /**
   * @param {TrackedFaces} faces
   * @param {FrameStatistics} statistics
   * @param {boolean} mirrored
   * @param {() => PipelineState} pipelineState
   * @param {number} rotation Degrees clockwise that make the video upright.
   */
  constructor(faces, statistics, mirrored, pipelineState, rotation) {
    this.mirrored = mirrored;
    this.#faces = faces;
    this.#statistics = statistics;
    this.#pipelineState = pipelineState;
    this.#rotation = rotation;
  }

  /** @param {Model[]} models */
  setModels(models) {
    this.#models = models;
    this.#cards.setModels(models);
    this.#activationSwitch.hidden = !models.some((model) => model.activation);
  }

  /** @param {boolean} explained Whether to draw activation maps. */
  setExplained(explained) {
    this.#explained = explained;
    this.#activationNote.hidden = !explained;
  }

  /** @param {Stage} stage */
  setStage(stage) {
    this.stage = document.body.dataset.stage = stage;
    this.#stageSince = now();
    setText(this.#cameraButton, CAMERA_BUTTON[stage]);
  }

  /** @param {ConnectionState} state */
  setConnection(state) {
    byId("connection", HTMLElement).dataset.state = state;
    setText(byId("connection-text", HTMLElement), CONNECTION[state]);
  }

  /** @param {string} text */
  announce(text) {
    this.#liveRegion.announce(text, now());
  }

  /**
   * Shows everything at the display's next refresh.
   * @param {number} at
   */
  refresh(at) {
    cancelAnimationFrame(this.#refresh);
    this.#refresh = requestAnimationFrame(() => this.#draw(at));
  }

  /** @param {number} at */
  #draw(at) {
    const faces = this.#faces.list();
    this.#drawOverlay(at);
    this.#cards.update(faces, at);
    this.#empty.hidden = faces.length > 0;
    if (this.stage !== "live") return this.#showHint(this.#startingHint(at));
    const blocked = blockedHint(this.#pipelineState(), at);
    this.#showHint(blocked || facesHint(this.#faces, at));
    this.#liveRegion.announceWhenStable(blocked || describeFaces(faces, leadModel(this.#models), at), now());
  }

  /** @param {number} at */
  #drawOverlay(at) {
    this.#video.classList.toggle("is-mirrored", this.mirrored);
    // CSS mirrors first and rotates then, which takes the opposite direction.
    this.#video.style.rotate = `${this.mirrored ? -this.#rotation : this.#rotation}deg`;
    this.#overlay.draw(this.#faces.inView(at), {
      models: this.#models,
      frameSide: this.#faces.frameSide,
      mirrored: this.mirrored,
      explained: this.#explained,
      at,
    });
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
  showStatistics(at) {
    const { rate, latencyMs, dropped, lost } = this.#statistics.summary(at);
    setText(byId("stat-rate", HTMLElement), rate > 0 ? rate.toFixed(rate < 10 ? 1 : 0) : "–");
    setText(byId("stat-latency", HTMLElement), latencyMs === null ? "–" : latencyMs.toFixed(0));
    setText(byId("stat-dropped", HTMLElement), String(dropped + lost));
    return { rate, latencyMs };
  }
}
