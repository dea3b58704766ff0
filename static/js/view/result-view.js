/**
 * How one model's answer looks on a card. A classification has a label and a bar per class, a
 * measure a value with its range; models differ in nothing else.
 *
 * @import {ClassificationModel, ClassificationResult, MeasureModel, MeasureResult, Model, Result} from "../protocol-types.js"
 * @typedef {{root: HTMLElement, update: (result: Result, ageMs: number, share: number) => void}} AnswerView
 * `share` is how much the answer still counts, from 0 to 1.
 */

import { element, setText } from "./dom.js";
import { toneOf } from "./colours.js";
import { age, brief, isClassification, percent, title } from "../strings.js";

/**
 * @param {Model} model
 * @returns {AnswerView}
 */
export function answerView(model) {
  const frame = new AnswerFrame(model);
  const detail = model.kind === "classification" ? new Bars(model) : new Range(model);
  frame.root.append(detail.root);
  return {
    root: frame.root,
    update(result, ageMs, share) {
      frame.update(result, ageMs, share);
      detail.update(/** @type {any} */ (result));
    },
  };
}

/** Heading, value and age, the same for all models. */
class AnswerFrame {
  #model;
  #value = element("span", { class: "answer-value", "data-value": "" });
  #extra = element("span", { class: "answer-extra", "data-extra": "" });
  #age = element("span", { class: "answer-age", "data-age": "" });
  root;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    const heading = element("h4", { class: "answer-title" }, model.title);
    const line = element("p", { class: "answer-line" }, this.#value, this.#extra, this.#age);
    this.root = element("section", { class: "answer", "data-model": model.name }, heading, line);
    this.root.hidden = true;
  }

  /**
   * @param {Result} result
   * @param {number} ageMs
   * @param {number} share
   */
  update(result, ageMs, share) {
    this.root.hidden = false;
    setText(this.#value, brief(this.#model, result));
    this.#value.dataset.value = isClassification(result) ? result.label : brief(this.#model, result);
    setText(this.#extra, isClassification(result) ? percent(result.confidence) : "");
    setText(this.#age, age(ageMs, share));
    this.root.dataset.stale = String(share < 1);
    this.root.style.setProperty("--share", share.toFixed(2));
  }
}

/** A bar per class, in the model's order, so that none ever moves. */
class Bars {
  /** @type {Map<string, {row: HTMLElement, fill: HTMLElement, number: HTMLElement}>} */
  #rows = new Map();
  root = element("ul", { class: "bars" });

  /** @param {ClassificationModel} model */
  constructor(model) {
    for (const label of model.labels) this.#add(model, label);
  }

  /** @param {ClassificationResult} result */
  update({ label, scores }) {
    for (const [name, { row, fill, number }] of this.#rows) {
      const score = scores[name] ?? 0;
      fill.style.transform = `scaleX(${score.toFixed(3)})`;
      setText(number, percent(score));
      row.classList.toggle("is-top", name === label);
    }
  }

  /**
   * @param {ClassificationModel} model
   * @param {string} label
   */
  #add(model, label) {
    const fill = element("span", { class: "bar-fill" });
    const track = element("span", { class: "bar-track", "aria-hidden": "true" }, fill);
    const number = element("span", { class: "bar-number", "data-score": label });
    const name = element("span", { class: "bar-label" }, title(label));
    const row = element("li", { "data-tone": toneOf(model, label), "data-label": label }, name, track, number);
    this.#rows.set(label, { row, fill, number });
    this.root.append(row);
  }
}

/** The range that holds the truth four times in five. */
class Range {
  #model;
  root = element("p", { class: "answer-range", "data-range": "" });

  /** @param {MeasureModel} model */
  constructor(model) {
    this.#model = model;
  }

  /** @param {MeasureResult} result */
  update({ low, high }) {
    setText(this.root, `likely ${Math.round(low)} to ${Math.round(high)} ${this.#model.unit}`);
  }
}
