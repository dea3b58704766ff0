/**
 * Tracked faces with each model's latest prediction.
 *
 * @import {Analysed, DetectedFace, Prediction} from "../protocol-types.js"
 * @import {FacePrediction} from "./face-prediction.js"
 * @typedef {object} TrackedFace
 * @property {DetectedFace} face As in the last frame that showed it.
 * @property {number} seenAt
 * @property {boolean} inView Whether the newest frame showed it.
 * @property {ReadonlyMap<string, FacePrediction>} predictions By model.
 */

/** How long a card stays after its face was last in view. */
const LINGER_MS = 600;
/** How long a face is drawn over the live video after the last frame that showed it. */
const DRAWN_MS = 1000;
/** How long the cards stay, fading, while no acks arrive. */
const SILENCE_MS = 6000;
/** How long predictions are kept for a face that no frame shows: it may come, or come back. */
const ORPHAN_MS = 5000;

export class TrackedFaces {
  /** @type {Map<number, {face: DetectedFace, seenAt: number, inView: boolean}>} */
  #tracks = new Map();
  /** @type {Map<number, Map<string, FacePrediction>>} */
  #predictions = new Map();
  /** Side of the newest frame in pixels; boxes are in pixels of that frame. */
  frameSide = 1;
  /** @type {number | null} Since when frames have shown no face. */
  #emptySince = null;

  /**
   * @param {Analysed} ack
   * @param {number} at
   */
  update(ack, at) {
    this.frameSide = ack.width;
    this.#emptySince = ack.faces.length > 0 ? null : (this.#emptySince ?? at);
    for (const track of this.#tracks.values()) track.inView = false;
    for (const face of ack.faces) this.#tracks.set(face.id, { face, seenAt: at, inView: true });
    this.expire(at);
  }

  /**
   * Stores a model's predictions, except those older than what is stored already.
   * @param {Prediction} prediction
   * @param {number} at
   */
  addPrediction({ seq, model, captured_at, faces }, at) {
    const capturedAt = captured_at ?? at;
    for (const result of faces) {
      const predictions = this.#predictions.get(result.id) ?? new Map();
      if ((predictions.get(model)?.seq ?? -1) > seq) continue;
      this.#predictions.set(result.id, predictions.set(model, { result, seq, capturedAt }));
    }
  }

  /**
   * Removes faces that have left, and some seconds later their predictions.
   * @param {number} at
   */
  expire(at) {
    for (const [id, track] of this.#tracks) {
      if (at - track.seenAt > (track.inView ? SILENCE_MS : LINGER_MS)) this.#tracks.delete(id);
    }
    for (const [id, predictions] of this.#predictions) {
      const newest = Math.max(...[...predictions.values()].map((prediction) => prediction.capturedAt));
      if (!this.#tracks.has(id) && at - newest > ORPHAN_MS) this.#predictions.delete(id);
    }
  }

  clear() {
    this.#tracks.clear();
    this.#predictions.clear();
    this.#emptySince = null;
  }

  /**
   * Milliseconds for which frames have shown no face.
   * @param {number} at
   */
  emptyFor(at) {
    return this.#emptySince === null ? 0 : at - this.#emptySince;
  }

  /** @returns {TrackedFace[]} In the order of their ids. */
  list() {
    return [...this.#tracks.entries()]
      .sort(([a], [b]) => a - b)
      .map(([id, track]) => ({ ...track, predictions: this.#predictions.get(id) ?? new Map() }));
  }

  /**
   * Faces that can be drawn over the video: in the newest frame, and that frame is recent.
   * @param {number} at
   */
  inView(at) {
    return this.list().filter((tracked) => tracked.inView && at - tracked.seenAt < DRAWN_MS);
  }
}
