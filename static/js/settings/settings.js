/**
 * Settings of the session: sends the visitor's changes, and shows what the server has confirmed.
 *
 * @import {Configuration, Configured, ModelStatus, Session} from "../protocol-types.js"
 * @import {Model} from "../types.js"
 * @import {Connection} from "../connection/connection.js"
 * @import {Notice} from "../view/notice.js"
 */

import { modelState, settingRejected } from "../strings.js";
import { byId } from "../view/dom.js";
import { ModelPanel } from "../view/model-panel.js";
import { leadModel, withSettings, withStatus } from "./models.js";
import { RequestedSettings } from "./requested-settings.js";

export class Settings {
  #connection;
  #notice;
  #onModels;
  #requested;
  #interval;
  /** @type {Model[]} */
  #models = [];
  #smoothing = byId("smoothing", HTMLInputElement);
  #panel = new ModelPanel(byId("models", HTMLUListElement), (change) => this.request(change));

  /**
   * @param {Connection} connection
   * @param {Notice} notice
   * @param {(models: Model[]) => void} onModels Called with the models whenever they change.
   * @param {{interval: number | null, requested: Configuration}} initial
   */
  constructor(connection, notice, onModels, { interval, requested }) {
    this.#connection = connection;
    this.#notice = notice;
    this.#onModels = onModels;
    this.#interval = interval;
    this.#requested = new RequestedSettings({ ...requested, smoothing: this.#smoothing.checked });
    this.#smoothing.addEventListener("change", () => this.request({ smoothing: this.#smoothing.checked }));
  }

  /**
   * Shows a new session's models and requests the visitor's settings again.
   * @param {Session} session
   */
  startSession(session) {
    this.#setModels(session.models);
    void this.request(this.#takeInterval());
  }

  /**
   * @param {ModelStatus} status
   * @returns {string} The new state as a sentence.
   */
  updateStatus(status) {
    this.#setModels(withStatus(this.#models, status));
    const title = this.#models.find((model) => model.name === status.model)?.title ?? status.model;
    return modelState(title, status.state);
  }

  /**
   * Requests a change. If the server rejects it, the controls go back to the confirmed settings.
   * @param {Configuration} change
   */
  async request(change) {
    const previous = this.#requested;
    this.#requested = previous.with(change);
    if (!this.#connection.ready) return;
    // A second rejection is shown again, even with the same message.
    this.#notice.clear("settings");
    const reply = await this.#connection.configure(this.#requested.for(this.#models)).catch(() => null);
    if (reply?.status === "ok") this.#show(reply);
    else if (reply) this.#revert(previous, reply.message);
  }

  /** @param {Configured} settings */
  #show(settings) {
    this.#smoothing.checked = settings.smoothing;
    this.#setModels(withSettings(this.#models, settings.models));
  }

  /**
   * @param {RequestedSettings} previous
   * @param {string} message
   */
  #revert(previous, message) {
    this.#requested = previous;
    this.#panel.show(this.#models);
    this.#notice.show("settings", { text: settingRejected(message) });
  }

  /** @param {Model[]} models */
  #setModels(models) {
    this.#models = models;
    this.#panel.show(models);
    this.#onModels(models);
  }

  /** The interval from the page's address, once; after that, the panel decides. */
  #takeInterval() {
    const [lead, interval] = [leadModel(this.#models), this.#interval];
    if (!lead || interval === null) return {};
    this.#interval = null;
    return { models: { [lead.name]: { interval_ms: interval } } };
  }
}
