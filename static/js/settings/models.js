/**
 * The session's models: which one leads, and their current settings and state.
 *
 * @import {Configured, ModelStatus} from "../protocol-types.js"
 * @import {Model} from "../types.js"
 */

/**
 * The model that gives a face its headline and colour: the first classification.
 * @param {Model[]} models
 */
export function leadModel(models) {
  return models.find((model) => model.kind === "classification") ?? models[0];
}

/**
 * The models with the settings that the server has confirmed.
 * @param {Model[]} models
 * @param {Configured["models"]} settings
 * @returns {Model[]}
 */
export function withSettings(models, settings) {
  return models.map((model) => ({ ...model, ...settings[model.name] }));
}

/**
 * The models after one of them has become available or unavailable.
 * @param {Model[]} models
 * @param {ModelStatus} status
 */
export function withStatus(models, { model: name, state, message }) {
  return models.map((model) => (model.name === name ? { ...model, state, message } : model));
}
