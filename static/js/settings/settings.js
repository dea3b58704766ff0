/**
 * The settings of the session: what the visitor wishes, and what the server says that holds.
 *
 * @import {Configuration, Configured, Model, ModelStatus, Session} from "../protocol-types.js"
 * @import {Connection} from "../connection/connection.js"
 * @import {Notice} from "../view/notice.js"
 */

import { byId } from "../view/dom.js";
import { ModelPanel } from "../view/model-panel.js";
import { leadModel, Wishes, withSettings, withStatus } from "./models.js";

export class Settings {
  #connection;
  #notice;
  #onModels;
  #wishes;
  #interval;
  /** @type {Model[]} */
  #models = [];
  #smoothing = byId("smoothing", HTMLInputElement);
  #panel = new ModelPanel(byId("models", HTMLUListElement), (change) => this.ask(change));

  /**
   * @param {Connection} connection
   * @param {Notice} notice
   * @param {(models: Model[]) => void} onModels Called with the models whenever they change.
   * @param {{interval: number | null, wished: Configuration}} start
   */
  constructor(connection, notice, onModels, { interval, wished }) {
    this.#connection = connection;
    this.#notice = notice;
    this.#onModels = onModels;
    this.#interval = interval;
    this.#wishes = new Wishes({ ...wished, smoothing: this.#smoothing.checked });
    this.#smoothing.addEventListener("change", () => this.ask({ smoothing: this.#smoothing.checked }));
  }

  /**
   * Takes a new session's models and asks again for what was wished before.
   * @param {Session} session
   */
  begin(session) {
    this.#setModels(session.models);
    void this.ask(this.#takeInterval());
  }

  /** @param {ModelStatus} status */
  follow(status) {
    this.#setModels(withStatus(this.#models, status));
  }

  /** @param {string} name */
  titleOf(name) {
    return this.#models.find((model) => model.name === name)?.title ?? name;
  }

  /**
   * Asks for a change; where the server refuses it, the controls go back to what holds.
   * @param {Configuration} change
   */
  async ask(change) {
    const before = this.#wishes;
    this.#wishes = before.with(change);
    if (!this.#connection.ready) return;
    // A second refusal is news, though it may have the same words.
    this.#notice.clear("settings");
    const reply = await this.#connection.configure(this.#wishes.for(this.#models)).catch(() => null);
    if (reply?.status === "ok") this.#show(reply);
    else if (reply) this.#refuse(before, reply.message);
  }

  /** @param {Configured} settings */
  #show(settings) {
    this.#smoothing.checked = settings.smoothing;
    this.#setModels(withSettings(this.#models, settings.models));
  }

  /**
   * @param {Wishes} before
   * @param {string} message
   */
  #refuse(before, message) {
    this.#wishes = before;
    this.#panel.show(this.#models);
    this.#notice.show("settings", { text: `This setting was refused: ${message}` });
  }

  /** @param {Model[]} models */
  #setModels(models) {
    this.#models = models;
    this.#panel.show(models);
    this.#onModels(models);
  }

  /** The interval that the page's address asks for, once: later the panel decides. */
  #takeInterval() {
    const [lead, interval] = [leadModel(this.#models), this.#interval];
    if (!lead || interval === null) return {};
    this.#interval = null;
    return { models: { [lead.name]: { interval_ms: interval } } };
  }
}
