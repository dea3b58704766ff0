/**
 * Face detection in the browser: BlazeFace, run by LiteRT.js in a worker.
 *
 * @import {Detection} from "./blazeface.js"
 * @typedef {{id: number, faces?: Detection[], error?: string}} Reply
 */

/** Loading takes half a second from a near server; give a slow network time for its 10 MB. */
const START_TIMEOUT_MS = 60_000;

export class BrowserDetector {
  /** A classic worker: LiteRT.js loads its WebAssembly by importScripts, which module workers lack. */
  #worker = new Worker(new URL("./detector-worker.js", import.meta.url));
  /** @type {Map<number, {resolve: (faces: Detection[]) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #count = 0;

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#settle(data);
    this.#worker.onerror = (event) => this.#failAll(event.message);
  }

  /** Resolves when the network is loaded; rejects when it cannot be. */
  async start() {
    const timer = setTimeout(() => this.#failAll("loading took too long"), START_TIMEOUT_MS);
    await this.#post(null).finally(() => clearTimeout(timer));
  }

  /** @param {HTMLCanvasElement} picture */
  async detect(picture) {
    return this.#post(await createImageBitmap(picture));
  }

  stop() {
    this.#worker.terminate();
    this.#failAll("stopped");
  }

  /**
   * @param {ImageBitmap | null} picture Null asks only whether the detector is ready.
   * @returns {Promise<Detection[]>}
   */
  #post(picture) {
    const id = this.#count++;
    this.#worker.postMessage({ id, picture }, picture ? [picture] : []);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** @param {Reply} reply */
  #settle({ id, faces, error }) {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (faces) waiter?.resolve(faces);
    else waiter?.reject(new Error(error));
  }

  /** @param {string} message */
  #failAll(message) {
    for (const { reject } of this.#waiting.values()) reject(new Error(message));
    this.#waiting.clear();
  }
}
