/**
 * One model's result on a card: a label with a bar per class for a classification, a value with its
 * range for a regression.
 *
 * @import {ClassificationModel, ClassificationResult, RegressionModel, RegressionResult} from "../protocol-types.js"
 * @import {Model, Result} from "../types.js"
 * @typedef {{root: HTMLElement, update: (result: Result, ageMs: number, fresh: number) => void}} ResultView
 * `fresh` is the freshness of the prediction, from 0 to 1.
 */

import { ageText, isClassification, resultText } from "../faces/face-prediction.js";
import { capitalized, likelyRange, percent } from "../strings.js";
import { labelColour } from "./colours.js";
import { element, setText } from "./dom.js";

/**
 * @param {Model} model
 * @returns {ResultView}
 */
export function resultView(model) {
  const summary = new ResultSummary(model);
  const detail = model.kind === "classification" ? new ClassScores(model) : new ValueRange(model);
  summary.root.append(detail.root);
  return {
    root: summary.root,
    update(result, ageMs, fresh) {
      summary.update(result, ageMs, fresh);
      detail.update(/** @type {any} */ (result));
    },
  };
}

/** Title, value and age: the same for all models. */
class ResultSummary {
  #model;
  #value = element("span", { class: "result-value", "data-value": "" });
  #extra = element("span", { class: "result-extra", "data-extra": "" });
  #age = element("span", { class: "result-age", "data-age": "" });
  root;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    const title = element("h4", { class: "result-title" }, model.title);
    const line = element("p", { class: "result-line" }, this.#value, this.#extra, this.#age);
    this.root = element("section", { class: "result", "data-model": model.name }, title, line);
    this.root.hidden = true;
  }

  /**
   * @param {Result} result
   * @param {number} ageMs
   * @param {number} fresh
   */
  update(result, ageMs, fresh) {
    const text = resultText(this.#model, result);
    this.root.hidden = false;
    setText(this.#value, text);
    this.#value.dataset.value = isClassification(result) ? result.label : text;
    setText(this.#extra, isClassification(result) ? percent(result.confidence) : "");
    setText(this.#age, ageText(ageMs, fresh));
    this.root.dataset.stale = String(fresh < 1);
    this.root.style.setProperty("--fresh", fresh.toFixed(2));
  }
}

/** A bar per class, in the model's order, so that bars never change places. */
class ClassScores {
  /** @type {Map<string, {row: HTMLElement, fill: HTMLElement, number: HTMLElement}>} */
  #rows = new Map();
  root = element("ul", { class: "bars" });

  /** @param {ClassificationModel} model */
  constructor(model) {
    for (const label of model.labels) this.#addRow(model, label);
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
  #addRow(model, label) {
    const fill = element("span", { class: "bar-fill" });
    const track = element("span", { class: "bar-track", "aria-hidden": "true" }, fill);
    const number = element("span", { class: "bar-number", "data-score": label });
    const name = element("span", { class: "bar-label" }, capitalized(label));
    const row = element("li", { "data-colour": labelColour(model, label), "data-label": label }, name, track, number);
    this.#rows.set(label, { row, fill, number });
    this.root.append(row);
  }
}

/** The range that contains the true value four times in five. */
class ValueRange {
  #model;
  root = element("p", { class: "result-range", "data-range": "" });

  /** @param {RegressionModel} model */
  constructor(model) {
    this.#model = model;
  }

  /** @param {RegressionResult} result */
  update({ low, high }) {
    setText(this.root, likelyRange(low, high, this.#model.unit));
  }
}
