/**
 * Panel of models: whether each one is enabled, and its interval.
 *
 * @import {Configuration} from "../protocol-types.js"
 * @import {Model} from "../types.js"
 */

import { MAX_INTERVAL_MS } from "../protocol-limits.js";
import { parseInterval } from "../settings/url-options.js";
import { EVERY, intervalOf, MILLISECONDS, modelUnavailable } from "../strings.js";
import { element, setText } from "./dom.js";

export class ModelPanel {
  #list;
  #onChange;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {(change: Configuration) => void} onChange
   */
  constructor(list, onChange) {
    this.#list = list;
    this.#onChange = onChange;
  }

  /** @param {Model[]} models */
  show(models) {
    const names = models.map(({ name }) => name);
    if (names.join() !== [...this.#rows.keys()].join()) this.#build(models);
    for (const model of models) this.#rows.get(model.name)?.update(model);
  }

  /** @param {Model[]} models */
  #build(models) {
    const rows = models.map((model) => new Row(model, this.#onChange));
    this.#rows = new Map(rows.map((row) => [row.name, row]));
    this.#list.replaceChildren(...rows.map(({ root }) => root));
  }
}

class Row {
  name;
  #enabled = inputElement({ type: "checkbox", role: "switch", "data-enabled": "" });
  #interval = inputElement({
    type: "number", min: "0", max: String(MAX_INTERVAL_MS), step: "any", inputmode: "numeric", "data-interval": "",
  });
  /** The last valid interval. */
  #current = "";
  #note = element("p", { class: "model-note", "data-note": "" });
  root;

  /**
   * @param {Model} model
   * @param {(change: Configuration) => void} onChange
   */
  constructor(model, onChange) {
    this.name = model.name;
    this.#listen(onChange);
    this.root = element("li", { class: "model-row", "data-model-row": model.name },
      element("label", { class: "switch" }, this.#enabled, element("span", {}, model.title)),
      element("label", { class: "interval" },
        element("span", {}, element("span", { class: "visually-hidden" }, intervalOf(model.title)), EVERY),
        this.#interval, element("span", {}, MILLISECONDS)),
      this.#note);
  }

  /** @param {Model} model */
  update(model) {
    this.#enabled.checked = model.enabled;
    this.#current = String(model.interval_ms);
    if (document.activeElement !== this.#interval) this.#interval.value = this.#current;
    this.root.dataset.state = model.state;
    setText(this.#note, model.state === "available" ? "" : modelUnavailable(model.message));
  }

  /** @param {(change: Configuration) => void} onChange */
  #listen(onChange) {
    this.#enabled.addEventListener("change", () =>
      onChange({ models: { [this.name]: { enabled: this.#enabled.checked } } }));
    this.#interval.addEventListener("change", () => {
      const interval = parseInterval(this.#interval.value);
      this.#interval.value = interval === null ? this.#current : String(interval);
      if (interval === null) return;
      this.#current = this.#interval.value;
      onChange({ models: { [this.name]: { interval_ms: interval } } });
    });
    // Shows a change by the server that came while the visitor was typing.
    this.#interval.addEventListener("blur", () => (this.#interval.value = this.#current));
  }
}

/** @param {Record<string, string>} attributes */
function inputElement(attributes) {
  return /** @type {HTMLInputElement} */ (element("input", attributes));
}
