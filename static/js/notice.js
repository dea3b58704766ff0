/**
 * The notice above the video: one sentence that says what is wrong and what to do, at most with one
 * button or one field.
 */

import { element } from "./dom.js";

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {{title: string, run: () => void}} [button]
 * @property {{title: string, run: (value: string) => void}} [field]
 */

export class Notice {
  #root;
  /** @type {Map<string, Message>} The latest is last. */
  #messages = new Map();

  /** @param {HTMLElement} root An alert region. */
  constructor(root) {
    this.#root = root;
  }

  /**
   * @param {string} topic A later message on the same topic takes the place of this one.
   * @param {Message} message
   */
  show(topic, message) {
    this.#messages.delete(topic);
    this.#messages.set(topic, message);
    this.#render();
  }

  /** @param {string} topic */
  clear(topic) {
    if (this.#messages.delete(topic)) this.#render();
  }

  #render() {
    const [topic, message] = [...this.#messages].at(-1) ?? ["", null];
    this.#root.dataset.topic = topic;
    this.#root.hidden = message === null;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.replaceChildren(...(message ? this.#parts(message) : []));
    // Who types a second token should not have to look for the field again.
    if (hadFocus) /** @type {HTMLElement | null} */ (this.#root.querySelector("input, button"))?.focus();
  }

  /** @param {Message} message */
  #parts({ text, button, field }) {
    const parts = [element("p", { id: "notice-text" }, text)];
    if (button) parts.push(actionButton(button.title, button.run));
    if (field) parts.push(tokenForm(field));
    return parts;
  }
}

/**
 * @param {string} title
 * @param {() => void} run
 */
function actionButton(title, run) {
  const button = element("button", { type: "button", class: "button", id: "notice-button" }, title);
  button.addEventListener("click", run);
  return button;
}

/** @param {{title: string, run: (value: string) => void}} field */
function tokenForm({ title, run }) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", { type: "password", id: "notice-field", autocomplete: "off", required: "" }));
  const label = element("label", { for: "notice-field" }, title);
  const submit = element("button", { type: "submit", class: "button", id: "notice-button" }, "Go on");
  const form = element("form", { class: "notice-form" }, label, input, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(input.value.trim());
  });
  return form;
}
