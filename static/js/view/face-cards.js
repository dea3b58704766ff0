/**
 * One card per face, with a result per model.
 *
 * @import {FacePrediction} from "../faces/face-prediction.js"
 * @import {TrackedFace} from "../faces/tracked-faces.js"
 * @import {Model} from "../types.js"
 * @import {ResultView} from "./result-view.js"
 */

import { currentResult, freshness } from "../faces/face-prediction.js";
import { leadModel } from "../settings/models.js";
import { ANALYZING, faceName, qualityHint } from "../strings.js";
import { resultColour } from "./colours.js";
import { element, setText } from "./dom.js";
import { resultView } from "./result-view.js";

export class FaceCards {
  #list;
  /** @type {Model[]} */
  #models = [];
  /** @type {Map<number, FaceCard>} */
  #cards = new Map();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Model[]} models */
  setModels(models) {
    const names = (/** @type {Model[]} */ list) => list.map(({ name }) => name).join();
    if (names(models) !== names(this.#models)) this.update([], 0);
    this.#models = models;
  }

  /**
   * @param {TrackedFace[]} faces
   * @param {number} at
   */
  update(faces, at) {
    const ids = new Set(faces.map(({ face }) => face.id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#remove(id);
    for (const tracked of faces) this.#card(tracked.face.id).update(tracked, this.#models, at);
  }

  /** @param {number} id */
  #card(id) {
    const card = this.#cards.get(id) ?? new FaceCard(id, this.#models);
    if (!this.#cards.has(id)) this.#list.append(card.root);
    this.#cards.set(id, card);
    return card;
  }

  /** @param {number} id */
  #remove(id) {
    this.#cards.get(id)?.root.remove();
    this.#cards.delete(id);
  }
}

class FaceCard {
  /** @type {Map<string, ResultView>} */
  #views = new Map();
  #hint = element("p", { class: "card-hint", "data-hint": "" });
  #pending = element("p", { class: "card-pending" }, ANALYZING);
  root;

  /**
   * @param {number} id
   * @param {Model[]} models
   */
  constructor(id, models) {
    for (const model of models) this.#views.set(model.name, resultView(model));
    const lead = leadModel(models)?.name;
    for (const [name, { root }] of this.#views) root.classList.toggle("is-lead", name === lead);
    const head = element("header", { class: "card-head" }, element("h3", {}, faceName(id)), this.#hint);
    const results = [...this.#views.values()].map(({ root }) => root);
    const body = element("div", { class: "card-results" }, ...results);
    this.root = element("li", { class: "card", "data-face-id": String(id) }, head, this.#pending, body);
  }

  /**
   * @param {TrackedFace} tracked
   * @param {Model[]} models
   * @param {number} at
   */
  update(tracked, models, at) {
    const { face, inView, predictions } = tracked;
    const lead = leadModel(models);
    this.root.dataset.colour = resultColour(lead, currentResult(tracked, lead, at));
    this.root.dataset.inView = String(inView);
    setText(this.#hint, face.quality.ok ? "" : qualityHint(face.quality.reasons));
    this.#pending.hidden = predictions.size > 0 || !face.quality.ok;
    for (const model of models) this.#show(model, predictions.get(model.name), at);
  }

  /**
   * @param {Model} model
   * @param {FacePrediction | undefined} prediction
   * @param {number} at
   */
  #show(model, prediction, at) {
    const view = this.#views.get(model.name);
    if (!view) return;
    view.root.hidden = !prediction || !model.enabled;
    if (!prediction || !model.enabled) return;
    const ageMs = at - prediction.capturedAt;
    view.update(prediction.result, ageMs, freshness(ageMs, model.interval_ms));
  }
}
