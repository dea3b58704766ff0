/**
 * Face detection in the browser: BlazeFace, run by LiteRT.js in a worker.
 *
 * @import {Detection} from "./blazeface.js"
 * @typedef {{id: number, faces?: Detection[], error?: string}} Reply
 */

/** Loading takes half a second from a near server; give a slow network time for its 10 MB. */
const START_TIMEOUT_MS = 60_000;
/** A picture takes 20 ms; a worker that is gone would answer never. */
const DETECT_TIMEOUT_MS = 10_000;

export class BrowserDetector {
  /** A classic worker: LiteRT.js loads its WebAssembly by importScripts, which module workers lack. */
  #worker = new Worker(new URL("./detector-worker.js", import.meta.url));
  /** @type {Map<number, {resolve: (faces: Detection[]) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #count = 0;
  #stopped = false;

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#settle(data);
    this.#worker.onerror = (event) => this.#failAll(event.message);
  }

  /** Resolves when the network is loaded; rejects when it cannot be. */
  async start() {
    await this.#within(START_TIMEOUT_MS, "loading took too long", null);
  }

  /** @param {HTMLCanvasElement} picture */
  async detect(picture) {
    return this.#within(DETECT_TIMEOUT_MS, "finding faces took too long", await createImageBitmap(picture));
  }

  stop() {
    this.#stopped = true;
    this.#worker.terminate();
    this.#failAll("stopped");
  }

  /**
   * Asks the worker, for so long.
   * @param {number} ms
   * @param {string} complaint
   * @param {ImageBitmap | null} picture Null asks only whether the detector is ready.
   */
  #within(ms, complaint, picture) {
    const timer = setTimeout(() => this.#failAll(complaint), ms);
    return this.#post(picture).finally(() => clearTimeout(timer));
  }

  /**
   * @param {ImageBitmap | null} picture
   * @returns {Promise<Detection[]>}
   */
  async #post(picture) {
    // It may have been stopped while the picture was made ready; the worker would never answer.
    if (this.#stopped) {
      picture?.close();
      throw new Error("stopped");
    }
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
