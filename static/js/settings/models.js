/**
 * Which of the session's models leads, and which settings the visitor has changed.
 *
 * @import {Configuration, Configured, Model, ModelSettings, ModelStatus} from "../protocol-types.js"
 */

/**
 * The model whose answer is the headline and colours a face: the first classification.
 * @param {Model[]} models
 */
export function leadModel(models) {
  return models.find((model) => model.kind === "classification") ?? models[0];
}

/** The visitor's wishes, kept over sessions so that a new one gets them again. */
export class Wishes {
  #wished;

  /** @param {Configuration} wished */
  constructor(wished = {}) {
    this.#wished = wished;
  }

  /**
   * @param {Configuration} change
   * @returns {Wishes} These wishes with some changed.
   */
  with({ models = {}, ...rest }) {
    /** @type {Record<string, ModelSettings>} */
    const merged = { ...this.#wished.models };
    for (const [name, settings] of Object.entries(models)) merged[name] = { ...merged[name], ...settings };
    return new Wishes({ ...this.#wished, ...rest, models: merged });
  }

  /**
   * What to ask of a session that has these models.
   * @param {Model[]} models
   * @returns {Configuration}
   */
  for(models) {
    const { models: all = {}, ...rest } = this.#wished;
    const known = models.filter(({ name }) => name in all);
    if (known.length === 0) return rest;
    return { ...rest, models: Object.fromEntries(known.map(({ name }) => [name, all[name]])) };
  }
}

/**
 * The models with the settings that now hold.
 * @param {Model[]} models
 * @param {Configured["models"]} settings
 * @returns {Model[]}
 */
export function withSettings(models, settings) {
  return models.map((model) => ({ ...model, ...settings[model.name] }));
}

/**
 * The models after one of them has come or gone.
 * @param {Model[]} models
 * @param {ModelStatus} status
 */
export function withStatus(models, { model: name, state, message }) {
  return models.map((model) => (model.name === name ? { ...model, state, message } : model));
}
