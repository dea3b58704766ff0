/**
 * The panel of models: for each one whether it runs, and how often.
 *
 * @import {Configuration, Model} from "../protocol-types.js"
 */

import { element, setText } from "./dom.js";
import { MAX_INTERVAL_MS, readInterval } from "../settings/url-options.js";

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
  /** The interval that holds, as far as the page knows. */
  #held = "";
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
        element("span", {}, "every", element("span", { class: "visually-hidden" }, ` for ${model.title}`)),
        this.#interval, element("span", {}, "ms")),
      this.#note);
  }

  /** @param {Model} model */
  update(model) {
    this.#enabled.checked = model.enabled;
    this.#held = String(model.interval_ms);
    if (document.activeElement !== this.#interval) this.#interval.value = this.#held;
    this.root.dataset.state = model.state;
    setText(this.#note, model.state === "available" ? "" : `Unavailable. ${model.message}`.trim());
  }

  /** @param {(change: Configuration) => void} onChange */
  #listen(onChange) {
    this.#enabled.addEventListener("change", () =>
      onChange({ models: { [this.name]: { enabled: this.#enabled.checked } } }));
    this.#interval.addEventListener("change", () => {
      const interval = readInterval(this.#interval.value);
      this.#interval.value = interval === null ? this.#held : String(interval);
      if (interval === null) return;
      this.#held = this.#interval.value;
      onChange({ models: { [this.name]: { interval_ms: interval } } });
    });
    // What the server said of it while it was being written.
    this.#interval.addEventListener("blur", () => (this.#interval.value = this.#held));
  }
}

/** @param {Record<string, string>} attributes */
function inputElement(attributes) {
  return /** @type {HTMLInputElement} */ (element("input", attributes));
}
