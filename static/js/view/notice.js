/**
 * The notice above the video: says what happened and what to do, with a button or a field for that,
 * or else with a button that closes it.
 */

import { CLOSE_NOTICE, CONTINUE, countdown } from "../strings.js";
import { element, setText } from "./dom.js";

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {number} [until] When the page tries again by itself; shown as a countdown.
 * @property {{title: string, run: () => void}} [button]
 * @property {{title: string, run: (value: string) => void}} [field]
 */

export class Notice {
  #root;
  #fallbackFocus;
  /** @type {Map<string, Message>} By topic, the latest last. */
  #messages = new Map();
  /** @type {Set<Message>} Closed by the visitor; they stay closed until their topic is cleared. */
  #closed = new Set();
  /** @type {Message | undefined} */
  #shown;

  /**
   * @param {HTMLElement} root An alert region.
   * @param {HTMLElement} fallbackFocus Gets the focus when the notice that had it disappears.
   */
  constructor(root, fallbackFocus) {
    this.#root = root;
    this.#fallbackFocus = fallbackFocus;
  }

  /**
   * @param {string} topic A later message on the same topic replaces this one.
   * @param {Message} message
   */
  show(topic, message) {
    const known = this.#messages.get(topic);
    // A repeated message is shown once; a request to act is shown again.
    if (known?.text === message.text && !needsAction(message)) {
      known.until = message.until;
      return;
    }
    this.#remove(topic);
    this.#messages.set(topic, message);
    this.#render();
  }

  /** @param {string} topic */
  clear(topic) {
    if (this.#remove(topic)) this.#render();
  }

  /**
   * Updates the countdown.
   * @param {number} at
   */
  tick(at) {
    const { until } = this.#shown ?? {};
    const seconds = Math.ceil(((until ?? at) - at) / 1000);
    const counter = document.getElementById("notice-countdown");
    if (counter) setText(counter, countdown(seconds));
  }

  /** @param {string} topic */
  #remove(topic) {
    const message = this.#messages.get(topic);
    if (message) this.#closed.delete(message);
    return this.#messages.delete(topic);
  }

  /** The latest message that needs an action, so that no other hides it; without one, the latest. */
  #top() {
    const open = [...this.#messages].filter(([, message]) => !this.#closed.has(message));
    return open.filter(([, message]) => needsAction(message)).at(-1) ?? open.at(-1);
  }

  #render() {
    const [topic, message] = this.#top() ?? ["", undefined];
    // Rebuilding would make screen readers repeat it, and discard what the visitor is typing.
    if (message === this.#shown) return;
    this.#shown = message;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.dataset.topic = topic;
    this.#root.hidden = !message;
    this.#root.replaceChildren(...(message ? this.#parts(message) : []));
    if (hadFocus) this.#moveFocus();
  }

  /** So that a second token can be typed at once. */
  #moveFocus() {
    const control = /** @type {HTMLElement | null} */ (this.#root.querySelector("input, button"));
    (control ?? this.#fallbackFocus).focus();
  }

  /** @param {Message} message */
  #parts(message) {
    const { text, button, field, until } = message;
    const parts = [element("p", { id: "notice-text" }, text)];
    if (until !== undefined) parts.push(countdownTimer());
    if (button) parts.push(actionButton(button.title, button.run));
    if (field) parts.push(tokenForm(field));
    if (!needsAction(message)) parts.push(closeButton(() => this.#close(message)));
    return parts;
  }

  /** @param {Message} message */
  #close(message) {
    this.#closed.add(message);
    this.#render();
  }
}

/** @param {Message} message */
function needsAction({ button, field }) {
  return Boolean(button ?? field);
}

/** Screen readers do not announce each change of a timer. */
function countdownTimer() {
  return element("span", { id: "notice-countdown", role: "timer" });
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
  const attributes = { type: "button", class: "notice-close", id: "notice-close", "aria-label": CLOSE_NOTICE };
  const button = element("button", attributes, "×");
  button.addEventListener("click", run);
  return button;
}

/** @param {{title: string, run: (value: string) => void}} field */
function tokenForm({ title, run }) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", { type: "password", id: "notice-field", autocomplete: "off", required: "" }));
  const label = element("label", { for: "notice-field" }, title);
  const submit = element("button", { type: "submit", class: "button", id: "notice-button" }, CONTINUE);
  const form = element("form", { class: "notice-form" }, label, input, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(input.value.trim());
  });
  return form;
}
