/**
 * A card per face, with one answer per model.
 *
 * @import {Model} from "../protocol-types.js"
 * @import {SeenFace} from "../faces/tracked-faces.js"
 * @import {AnswerView} from "./result-view.js"
 */

import { answerView } from "./result-view.js";
import { element, setText } from "./dom.js";
import { answerOf, freshness } from "../faces/tracked-faces.js";
import { leadModel } from "../settings/models.js";
import { toneOfResult } from "./colours.js";
import { hint } from "../strings.js";

export class Cards {
  #list;
  /** @type {Model[]} */
  #models = [];
  /** @type {Map<number, Card>} */
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
   * @param {SeenFace[]} faces
   * @param {number} at
   */
  update(faces, at) {
    const ids = new Set(faces.map(({ face }) => face.id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#remove(id);
    for (const seen of faces) this.#card(seen.face.id).update(seen, this.#models, at);
  }

  /** @param {number} id */
  #card(id) {
    const card = this.#cards.get(id) ?? new Card(id, this.#models);
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

class Card {
  /** @type {Map<string, AnswerView>} */
  #views = new Map();
  #hint = element("p", { class: "card-hint", "data-hint": "" });
  #wait = element("p", { class: "card-wait" }, "Looking …");
  root;

  /**
   * @param {number} id
   * @param {Model[]} models
   */
  constructor(id, models) {
    for (const model of models) this.#views.set(model.name, answerView(model));
    const lead = leadModel(models)?.name;
    for (const [name, { root }] of this.#views) root.classList.toggle("is-lead", name === lead);
    const head = element("header", { class: "card-head" }, element("h3", {}, `Face ${id}`), this.#hint);
    const answers = [...this.#views.values()].map(({ root }) => root);
    const body = element("div", { class: "card-answers" }, ...answers);
    this.root = element("li", { class: "card", "data-face-id": String(id) }, head, this.#wait, body);
  }

  /**
   * @param {SeenFace} seen
   * @param {Model[]} models
   * @param {number} at
   */
  update(seen, models, at) {
    const { face, inView, answers } = seen;
    const lead = leadModel(models);
    this.root.dataset.tone = toneOfResult(lead, answerOf(seen, lead, at)?.result);
    this.root.dataset.inView = String(inView);
    setText(this.#hint, face.quality.ok ? "" : hint(face.quality.reasons));
    this.#wait.hidden = answers.size > 0 || !face.quality.ok;
    for (const model of models) this.#show(model, answers.get(model.name), at);
  }

  /**
   * @param {Model} model
   * @param {import("../faces/tracked-faces.js").Answer | undefined} answer
   * @param {number} at
   */
  #show(model, answer, at) {
    const view = this.#views.get(model.name);
    if (!view) return;
    view.root.hidden = !answer || !model.enabled;
    if (!answer || !model.enabled) return;
    const ageMs = at - answer.capturedAt;
    view.update(answer.result, ageMs, freshness(ageMs, model.interval_ms));
  }
}
