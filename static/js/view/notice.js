/**
 * The notice above the video: one sentence that says what is wrong and what to do, with one button
 * or one field where that is the way on, else with one that closes it.
 */

import { element, setText } from "./dom.js";

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {number} [until] When something happens by itself; the seconds to it are counted down.
 * @property {{title: string, run: () => void}} [button]
 * @property {{title: string, run: (value: string) => void}} [field]
 */

export class Notice {
  #root;
  #refuge;
  /** @type {Map<string, Message>} The latest is last. */
  #messages = new Map();
  /** @type {Set<Message>} Closed by the visitor; each stays so until its topic is cleared. */
  #closed = new Set();
  /** @type {Message | undefined} */
  #shown;

  /**
   * @param {HTMLElement} root An alert region.
   * @param {HTMLElement} refuge Where the focus goes when the notice that held it goes.
   */
  constructor(root, refuge) {
    this.#root = root;
    this.#refuge = refuge;
  }

  /**
   * @param {string} topic A later message on the same topic takes the place of this one.
   * @param {Message} message
   */
  show(topic, message) {
    const known = this.#messages.get(topic);
    // Said once is enough, however often it happens; what can be answered is asked anew.
    if (known?.text === message.text && !isAnswerable(message)) {
      known.until = message.until;
      return;
    }
    this.#forget(topic);
    this.#messages.set(topic, message);
    this.#render();
  }

  /** @param {string} topic */
  clear(topic) {
    if (this.#forget(topic)) this.#render();
  }

  /**
   * Counts down.
   * @param {number} at
   */
  tick(at) {
    const { until } = this.#shown ?? {};
    const seconds = Math.ceil(((until ?? at) - at) / 1000);
    const counter = document.getElementById("notice-countdown");
    if (counter) setText(counter, seconds > 0 ? `${seconds} s` : "now");
  }

  /** @param {string} topic */
  #forget(topic) {
    const message = this.#messages.get(topic);
    if (message) this.#closed.delete(message);
    return this.#messages.delete(topic);
  }

  /** The latest message of those that can be answered, for else it would hide the way on; else the latest. */
  #top() {
    const open = [...this.#messages].filter(([, message]) => !this.#closed.has(message));
    return open.filter(([, message]) => isAnswerable(message)).at(-1) ?? open.at(-1);
  }

  #render() {
    const [topic, message] = this.#top() ?? ["", undefined];
    // Building the same again would be read aloud again, and lose what is being typed.
    if (message === this.#shown) return;
    this.#shown = message;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.dataset.topic = topic;
    this.#root.hidden = !message;
    this.#root.replaceChildren(...(message ? this.#parts(message) : []));
    if (hadFocus) this.#takeFocus();
  }

  /** Who types a second token should not have to look for the field again. */
  #takeFocus() {
    const control = /** @type {HTMLElement | null} */ (this.#root.querySelector("input, button"));
    (control ?? this.#refuge).focus();
  }

  /** @param {Message} message */
  #parts(message) {
    const { text, button, field, until } = message;
    const parts = [element("p", { id: "notice-text" }, text)];
    if (until !== undefined) parts.push(countdown());
    if (button) parts.push(actionButton(button.title, button.run));
    if (field) parts.push(tokenForm(field));
    if (!isAnswerable(message)) parts.push(closeButton(() => this.#close(message)));
    return parts;
  }

  /** @param {Message} message */
  #close(message) {
    this.#closed.add(message);
    this.#render();
  }
}

/** @param {Message} message */
function isAnswerable({ button, field }) {
  return Boolean(button ?? field);
}

/** A timer is not read aloud at each change. */
function countdown() {
  return element("span", { id: "notice-countdown", role: "timer", "aria-label": "Next try" });
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

/** @param {() => void} run */
function closeButton(run) {
  const attributes = { type: "button", class: "notice-close", id: "notice-close", "aria-label": "Close this message" };
  const button = element("button", attributes, "×");
  button.addEventListener("click", run);
  return button;
}

/** @param {{title: string, run: (value: string) => void}} field */
function tokenForm({ title, run }) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", { type: "password", id: "notice-field", autocomplete: "off", required: "" }));
  const label = element("label", { for: "notice-field" }, title);
  const submit = element("button", { type: "submit", class: "button", id: "notice-button" }, "Continue");
  const form = element("form", { class: "notice-form" }, label, input, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(input.value.trim());
  });
  return form;
}
