/**
 * Face detection in the browser: BlazeFace, run by LiteRT.js in a worker.
 *
 * @import {Detection} from "./blazeface.js"
 * @typedef {{id: number, faces?: Detection[], error?: string}} Reply
 */

/** Loading takes half a second from a nearby server; a slow network needs time for the 10 MB. */
const START_TIMEOUT_MS = 60_000;
/** A frame takes 20 ms; a worker that has crashed never replies. */
const DETECT_TIMEOUT_MS = 10_000;

export class BrowserDetector {
  /** A classic worker: LiteRT.js loads its WebAssembly with importScripts, which module workers lack. */
  #worker = new Worker(new URL("./detector-worker.js", import.meta.url));
  /** @type {Map<number, {resolve: (faces: Detection[]) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  #nextId = 0;
  #stopped = false;

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#settle(data);
    this.#worker.onerror = (event) => this.#rejectAll(event.message);
  }

  /** Resolves when the model is loaded; rejects if it cannot be. */
  async start() {
    await this.#request(START_TIMEOUT_MS, "the face detector took too long to load", null);
  }

  /** @param {HTMLCanvasElement} frame */
  async detect(frame) {
    return this.#request(DETECT_TIMEOUT_MS, "face detection took too long", await createImageBitmap(frame));
  }

  stop() {
    this.#stopped = true;
    this.#worker.terminate();
    this.#rejectAll("stopped");
  }

  /**
   * Posts a request to the worker and waits for the reply.
   * @param {number} timeoutMs
   * @param {string} message Error message after the timeout.
   * @param {ImageBitmap | null} image Null only asks whether the detector is ready.
   */
  #request(timeoutMs, message, image) {
    const timer = setTimeout(() => this.#rejectAll(message), timeoutMs);
    return this.#post(image).finally(() => clearTimeout(timer));
  }

  /**
   * @param {ImageBitmap | null} image
   * @returns {Promise<Detection[]>}
   */
  async #post(image) {
    // The detector may have been stopped while the image was prepared; the worker would never reply.
    if (this.#stopped) {
      image?.close();
      throw new Error("stopped");
    }
    const id = this.#nextId++;
    this.#worker.postMessage({ id, image }, image ? [image] : []);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** @param {Reply} reply */
  #settle({ id, faces, error }) {
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    if (faces) request?.resolve(faces);
    else request?.reject(new Error(error));
  }

  /** @param {string} message */
  #rejectAll(message) {
    for (const { reject } of this.#pending.values()) reject(new Error(message));
    this.#pending.clear();
  }
}
