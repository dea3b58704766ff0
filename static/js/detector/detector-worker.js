/**
 * Worker of browser-detector.js: takes `{id, image}`, replies `{id, faces}` or `{id, error}`.
 *
 * It is a classic worker, because LiteRT.js calls importScripts. So it imports modules dynamically.
 * Import maps do not apply in workers, so paths are relative to this file.
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
    // Otherwise the WebAssembly file is looked up beside this worker, and each step of the start is
    // printed as an error.
    Object.assign(self, { Module: { locateFile: (/** @type {string} */ name) => WASM + name, printErr() {} } });
    await litert.loadLiteRt(WASM);
    const model = await litert.loadAndCompile(MODEL, { accelerator: "wasm" });
    const canvas = new OffscreenCanvas(blazeface.INPUT_SIDE, blazeface.INPUT_SIDE);
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) throw new Error("this browser has no 2D canvas in workers");
    context.imageSmoothingQuality = "high";
    return { blazeface, litert, model, context };
  }

  const loading = load();

  /** @param {ImageBitmap} image */
  async function detect(image) {
    const { blazeface } = await loading;
    for (const padding of blazeface.PADDINGS) {
      const faces = await detectAtPadding(image, padding);
      if (faces.length > 0) return faces;
    }
    return [];
  }

  /**
   * @param {ImageBitmap} image
   * @param {number} padding
   * @returns {Promise<Detection[]>}
   */
  async function detectAtPadding(image, padding) {
    const { blazeface, context } = await loading;
    const side = blazeface.INPUT_SIDE;
    const placement = blazeface.letterbox(image.width, image.height, padding);
    context.clearRect(0, 0, side, side);
    context.drawImage(image, placement.left, placement.top, placement.width, placement.height);
    const input = blazeface.toInput(context.getImageData(0, 0, side, side).data);
    const { regressors, logits } = await run(input);
    return blazeface.decode(regressors, logits, placement);
  }

  /** @param {Float32Array} values */
  async function run(values) {
    const { blazeface, litert, model } = await loading;
    const tensor = new litert.Tensor(values, [1, blazeface.INPUT_SIDE, blazeface.INPUT_SIDE, 3]);
    const outputs = await model.run(tensor);
    tensor.delete();
    const arrays = outputs.map((output) => Float32Array.from(output.toTypedArray()));
    outputs.forEach((output) => output.delete());
    const [logits, regressors] = arrays.sort((a, b) => a.length - b.length);
    return { regressors, logits };
  }

  /** @param {MessageEvent<{id: number, image: ImageBitmap | null}>} event */
  self.onmessage = async ({ data: { id, image } }) => {
    try {
      await loading;
      const faces = image ? await detect(image) : [];
      self.postMessage({ id, faces });
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    } finally {
      image?.close();
    }
  };
})();
