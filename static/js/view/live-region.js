/** Says changes to a screen reader: only what holds for a while, and not too often. */

const STEADY_MS = 1500;
const GAP_MS = 4000;

export class Announcer {
  #say;
  #candidate = "";
  #since = 0;
  #said = "";
  #saidAt = -Infinity;

  /** @param {(text: string) => void} say Writes into a polite live region. */
  constructor(say) {
    this.#say = say;
  }

  /**
   * Offers what could be said now; it is said once it has held for a while.
   * @param {string} text
   * @param {number} at
   */
  offer(text, at) {
    if (text !== this.#candidate) {
      this.#candidate = text;
      this.#since = at;
    }
    const isSteady = at - this.#since >= STEADY_MS && at - this.#saidAt >= GAP_MS;
    if (isSteady && text !== this.#said) this.now(text, at);
  }

  /**
   * Says at once what must not wait.
   * @param {string} text
   * @param {number} at
   */
  now(text, at) {
    this.#said = text;
    this.#saidAt = at;
    this.#say(text);
  }
}
