/**
 * Settings that the visitor has requested, kept across sessions.
 *
 * @import {Configuration, ModelConfiguration} from "../protocol-types.js"
 * @import {Model} from "../types.js"
 */

export class RequestedSettings {
  #settings;

  /** @param {Configuration} settings */
  constructor(settings = {}) {
    this.#settings = settings;
  }

  /**
   * @param {Configuration} change
   * @returns {RequestedSettings} A copy with the change.
   */
  with({ models = {}, ...rest }) {
    /** @type {Record<string, ModelConfiguration>} */
    const merged = { ...this.#settings.models };
    for (const [name, settings] of Object.entries(models)) merged[name] = { ...merged[name], ...settings };
    return new RequestedSettings({ ...this.#settings, ...rest, models: merged });
  }

  /**
   * The configuration to request from a session that has these models.
   * @param {Model[]} models
   * @returns {Configuration}
   */
  for(models) {
    const { models: all = {}, ...rest } = this.#settings;
    const known = models.filter(({ name }) => name in all);
    if (known.length === 0) return rest;
    return { ...rest, models: Object.fromEntries(known.map(({ name }) => [name, all[name]])) };
  }
}
