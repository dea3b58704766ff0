/**
 * The worker behind detector.js: `{id, picture}` in, `{id, faces}` or `{id, error}` out.
 *
 * It is a classic worker (LiteRT.js calls importScripts), so it imports modules when it runs. Import
 * maps do not reach into workers: addresses are relative to this file.
 */

(() => {
  /** @typedef {import("./blazeface.js").Detection} Detection */

  const VENDOR = new URL("../../vendor/", location.href);
  const WASM = new URL("litert/wasm/", VENDOR).href;
  const MODEL = new URL("face_detection_full_range.tflite", VENDOR).href;

  async function load() {
    const blazeface = await import("./blazeface.js");
    /** @type {typeof import("@litertjs/core")} */
    const litert = await import(new URL("litert/index.js", VENDOR).href);
    // Without this the WebAssembly file would be looked for beside this worker, and each step of
    // the start be printed as an error.
    Object.assign(self, { Module: { locateFile: (/** @type {string} */ name) => WASM + name, printErr() {} } });
    await litert.loadLiteRt(WASM);
    const network = await litert.loadAndCompile(MODEL, { accelerator: "wasm" });
    const canvas = new OffscreenCanvas(blazeface.INPUT_SIDE, blazeface.INPUT_SIDE);
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) throw new Error("this browser gives workers no 2D canvas");
    context.imageSmoothingQuality = "high";
    return { blazeface, litert, network, context };
  }

  const loading = load();

  /** @param {ImageBitmap} picture */
  async function detect(picture) {
    const { blazeface } = await loading;
    for (const padding of blazeface.PADDINGS) {
      const faces = await search(picture, padding);
      if (faces.length > 0) return faces;
    }
    return [];
  }

  /**
   * @param {ImageBitmap} picture
   * @param {number} padding
   * @returns {Promise<Detection[]>}
   */
  async function search(picture, padding) {
    const { blazeface, context } = await loading;
    const side = blazeface.INPUT_SIDE;
    const placement = blazeface.letterbox(picture.width, picture.height, padding);
    context.clearRect(0, 0, side, side);
    context.drawImage(picture, placement.left, placement.top, placement.width, placement.height);
    const input = blazeface.toInput(context.getImageData(0, 0, side, side).data);
    const { regressors, logits } = await run(input);
    return blazeface.decode(regressors, logits, placement);
  }

  /** @param {Float32Array} input */
  async function run(input) {
    const { blazeface, litert, network } = await loading;
    const tensor = new litert.Tensor(input, [1, blazeface.INPUT_SIDE, blazeface.INPUT_SIDE, 3]);
    const outputs = await network.run(tensor);
    tensor.delete();
    const arrays = outputs.map((output) => Float32Array.from(output.toTypedArray()));
    outputs.forEach((output) => output.delete());
    const [logits, regressors] = arrays.sort((a, b) => a.length - b.length);
    return { regressors, logits };
  }

  /** @param {MessageEvent<{id: number, picture: ImageBitmap | null}>} event */
  self.onmessage = async ({ data: { id, picture } }) => {
    try {
      await loading;
      const faces = picture ? await detect(picture) : [];
      self.postMessage({ id, faces });
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    } finally {
      picture?.close();
    }
  };
})();
