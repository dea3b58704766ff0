/**
 * The faces in view and what each model last said about them.
 *
 * @import {Analysed, Face, Model, Prediction, Result} from "../protocol-types.js"
 * @typedef {{result: Result, seq: number, capturedAt: number}} Answer
 * @typedef {object} SeenFace
 * @property {Face} face As it was when it was last seen.
 * @property {number} seenAt
 * @property {boolean} inView Whether the newest frame showed it.
 * @property {ReadonlyMap<string, Answer>} answers By model.
 */

/** A face may be missed for so long before its card goes. */
const LINGER_MS = 600;
/** A face that no frame has confirmed for so long is not drawn over the live picture any more. */
const UNCONFIRMED_MS = 1000;
/** Where no frames are answered at all, the cards stay so long, fading. */
const SILENCE_MS = 6000;
/** Answers for a face that no frame has shown are forgotten after so long. */
const ORPHAN_MS = 5000;

export class Faces {
  /** @type {Map<number, {face: Face, seenAt: number, inView: boolean}>} */
  #seen = new Map();
  /** @type {Map<number, Map<string, Answer>>} */
  #answers = new Map();
  /** Side of the newest frame in pixels; boxes are pixels of it. */
  frameSide = 1;
  /** @type {number | null} Since when frames have shown no face. */
  #emptySince = null;

  /**
   * @param {Analysed} ack
   * @param {number} at
   */
  see(ack, at) {
    this.frameSide = ack.width;
    this.#emptySince = ack.faces.length > 0 ? null : (this.#emptySince ?? at);
    for (const entry of this.#seen.values()) entry.inView = false;
    for (const face of ack.faces) this.#seen.set(face.id, { face, seenAt: at, inView: true });
    this.forget(at);
  }

  /**
   * Keeps a model's answers; one that is older than what is there already is left out.
   * @param {Prediction} prediction
   * @param {number} at
   */
  learn({ seq, model, captured_at, faces }, at) {
    const capturedAt = captured_at ?? at;
    for (const result of faces) {
      const answers = this.#answers.get(result.id) ?? new Map();
      if ((answers.get(model)?.seq ?? -1) > seq) continue;
      this.#answers.set(result.id, answers.set(model, { result, seq, capturedAt }));
    }
  }

  /**
   * Forgets faces that left.
   * @param {number} at
   */
  forget(at) {
    for (const [id, entry] of this.#seen) {
      if (at - entry.seenAt > (entry.inView ? SILENCE_MS : LINGER_MS)) this.#drop(id);
    }
    for (const [id, answers] of this.#answers) {
      const newest = Math.max(...[...answers.values()].map((answer) => answer.capturedAt));
      if (!this.#seen.has(id) && at - newest > ORPHAN_MS) this.#answers.delete(id);
    }
  }

  clear() {
    this.#seen.clear();
    this.#answers.clear();
    this.#emptySince = null;
  }

  /**
   * Milliseconds for which frames have shown no face.
   * @param {number} at
   */
  emptyFor(at) {
    return this.#emptySince === null ? 0 : at - this.#emptySince;
  }

  /** @returns {SeenFace[]} In the order in which they came. */
  list() {
    return [...this.#seen.entries()]
      .sort(([a], [b]) => a - b)
      .map(([id, entry]) => ({ ...entry, answers: this.#answers.get(id) ?? new Map() }));
  }

  /**
   * The faces that can be pointed at: the newest frame showed them, and it is not long ago.
   * @param {number} at
   */
  inView(at) {
    return this.list().filter((seen) => seen.inView && at - seen.seenAt < UNCONFIRMED_MS);
  }

  /** @param {number} id */
  #drop(id) {
    this.#seen.delete(id);
    this.#answers.delete(id);
  }
}

/**
 * A model's answer about a face, unless it is too old to count at all.
 * @param {SeenFace} seen
 * @param {Model | undefined} model
 * @param {number} at
 */
export function answerOf({ answers }, model, at) {
  const answer = model && answers.get(model.name);
  return answer && freshness(at - answer.capturedAt, model.interval_ms) > 0 ? answer : undefined;
}

/**
 * How much an answer still counts: 1 while it is as fresh as its model's interval allows, then down
 * to 0 within three seconds.
 * @param {number} ageMs
 * @param {number} intervalMs
 */
export function freshness(ageMs, intervalMs) {
  const fresh = intervalMs * 1.5 + 1000;
  return Math.min(1, Math.max(0, 1 - (ageMs - fresh) / 3000));
}
