// Shared by the peers from npm: TensorFlow.js on WebAssembly with one thread, the file protocol of
// file_protocol.py, and a clock.
//
// node face_api.mjs|human.mjs PACKAGES IMAGES RESULTS

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The folder of the packages, the folder of the images, the file of the results. */
export const [packages, images, target] = process.argv.slice(2);

const require = createRequire(join(packages, "packages.js"));
const WASM = join(packages, "@tensorflow/tfjs-backend-wasm/dist/");

/** Detectors find a face more easily with a border around it. */
const BORDER = { share: 0.5, grey: 128 };

/** Loads a CommonJS file of a package. */
export const load = (file) => require(join(packages, file));

/** Makes WebAssembly the backend. Returns its folder, which some peers need. */
export function prepareWasm() {
  const wasm = load("@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.node.js");
  wasm.setThreadsCount(1);
  wasm.setWasmPaths(WASM);
  return WASM;
}

/** Converts a grey image to rows of red, green and blue, 0 to 255. */
function colours(grey) {
  return Float32Array.from({ length: 3 * grey.length }, (_, i) => grey[Math.trunc(i / 3)]);
}

/** Size of a network: weights according to its manifest, files in millions of bytes. */
function size(files) {
  const manifest = JSON.parse(readFileSync(join(packages, files[0]), "utf8"));
  const groups = manifest.weightsManifest ?? manifest;
  const weights = groups.flatMap((group) => group.weights).filter((w) => w.dtype === "float32");
  const count = ({ shape }) => shape.reduce((product, n) => product * n, 1);
  const bytes = files.map((file) => statSync(join(packages, file)).size);
  return {
    parameters: weights.map(count).reduce((sum, n) => sum + n, 0),
    megabytes: bytes.reduce((sum, n) => sum + n, 0) / 1e6,
  };
}

/** Runs `work` and records its CPU time in milliseconds. */
async function recordCpuTime(milliseconds, work) {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  milliseconds.push((user + system) / 1000);
  return result;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function peakMib() {
  const found = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  return found ? Number(found[1]) / 1024 : 0;
}

/**
 * Runs a peer on every image and writes its results.
 *
 * @param tf TensorFlow.js of the peer.
 * @param networks By task: `files`, the manifest first; `predict(image)`; and
 *   `detectAndPredict(image)`, which runs the peer's own detector first and returns null without a
 *   face. An image is a float tensor (1, side, side, 3) of 0 to 255.
 */
export async function predictAll(tf, networks) {
  const predictions = {};
  const times = Object.fromEntries(Object.keys(networks).map((task) => [task, []]));
  for (const set of JSON.parse(readFileSync(join(images, "images.json"), "utf8"))) {
    const network = networks[set.task];
    const found = { [set.input]: [], ...(set.input === "whole" && { own: [] }) };
    for (const image of tensors(tf, set)) {
      found[set.input].push(await recordCpuTime(times[set.task], () => network.predict(image)));
      if (found.own) found.own.push(await predictWithBorder(tf, image, network));
      image.dispose();
    }
    predictions[set.source] = { ...predictions[set.source], ...found };
  }
  const costs = Object.entries(networks).map(([name, { files }]) => ({
    name,
    ...size(files),
    milliseconds: median(times[name]),
  }));
  writeFileSync(target, JSON.stringify({ predictions, networks: costs, peak_mib: peakMib() }));
}

function* tensors(tf, { file, side, count }) {
  const raw = readFileSync(join(images, file));
  for (let i = 0; i < count; i++) {
    const grey = raw.subarray(i * side * side, (i + 1) * side * side);
    yield tf.tensor4d(colours(grey), [1, side, side, 3]);
  }
}

async function predictWithBorder(tf, image, network) {
  const border = Math.round(BORDER.share * image.shape[1]);
  const around = [border, border];
  const padded = tf.pad(image, [[0, 0], around, around, [0, 0]], BORDER.grey);
  const prediction = await network.detectAndPredict(padded);
  padded.dispose();
  return prediction ?? {};
}
