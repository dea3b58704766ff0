/** Live region for screen readers: announces only what is stable, and not too often. */

const STABLE_MS = 1500;
const GAP_MS = 4000;

export class LiveRegion {
  #write;
  #candidate = "";
  #since = 0;
  #announced = "";
  #announcedAt = -Infinity;

  /** @param {(text: string) => void} write Sets the text of a polite live region. */
  constructor(write) {
    this.#write = write;
  }

  /**
   * Announces a text once it has stayed the same for a while.
   * @param {string} text
   * @param {number} at
   */
  announceWhenStable(text, at) {
    if (text !== this.#candidate) {
      this.#candidate = text;
      this.#since = at;
    }
    const isStable = at - this.#since >= STABLE_MS && at - this.#announcedAt >= GAP_MS;
    if (isStable && text !== this.#announced) this.announce(text, at);
  }

  /**
   * Announces a text at once.
   * @param {string} text
   * @param {number} at
   */
  announce(text, at) {
    this.#announced = text;
    this.#announcedAt = at;
    this.#write(text);
  }
}
