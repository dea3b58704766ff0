// What the peers from npm share: TensorFlow.js on WebAssembly with one thread, the pictures that
// file_protocol.py wrote, a clock, and the answers that it reads.
//
// node face_api.mjs|human.mjs PACKAGES PICTURES ANSWERS

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The folder of the packages, the folder of the pictures, the file of the answers. */
export const [packages, pictures, target] = process.argv.slice(2);

const require = createRequire(join(packages, "packages.js"));
const WASM = join(packages, "@tensorflow/tfjs-backend-wasm/dist/");

/** A peer finds a face better with some room around it, as Mien's own detector does. */
const BORDER = { share: 0.5, grey: 128 };

/** Loads a CommonJS file of a package. */
export const load = (file) => require(join(packages, file));

/** Makes WebAssembly the backend; gives its folder for peers that ask for it. */
export function prepareWasm() {
  const wasm = load("@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.node.js");
  wasm.setThreadsCount(1);
  wasm.setWasmPaths(WASM);
  return WASM;
}

/** A grey picture as rows of red, green and blue, 0 to 255. */
function colours(grey) {
  return Float32Array.from({ length: 3 * grey.length }, (_, i) => grey[Math.trunc(i / 3)]);
}

/** Size of a network: its weights by the manifest, its files in millions of bytes. */
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

/** Runs `work` and notes its processor time in milliseconds. */
async function timed(milliseconds, work) {
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
 * Asks a peer about every picture and writes its answers.
 *
 * @param tf TensorFlow.js of the peer.
 * @param nets By what is asked: `files`, the manifest first; `answer(picture)`; and
 *   `find(picture)`, which runs the peer's own detector first and gives null without a face.
 *   A picture is a float tensor (1, side, side, 3) of 0 to 255.
 */
export async function answerAll(tf, nets) {
  const faces = {};
  const times = Object.fromEntries(Object.keys(nets).map((asked) => [asked, []]));
  for (const set of JSON.parse(readFileSync(join(pictures, "pictures.json"), "utf8"))) {
    const net = nets[set.asked];
    const answers = { [set.framing]: [], ...(set.framing === "whole" && { own: [] }) };
    for (const picture of tensors(tf, set)) {
      answers[set.framing].push(await timed(times[set.asked], () => net.answer(picture)));
      if (answers.own) answers.own.push(await findInRoom(tf, picture, net));
      picture.dispose();
    }
    faces[set.source] = { ...faces[set.source], ...answers };
  }
  const described = Object.entries(nets).map(([name, { files }]) => ({
    name,
    ...size(files),
    milliseconds: median(times[name]),
  }));
  writeFileSync(target, JSON.stringify({ faces, nets: described, peak_mib: peakMib() }));
}

function* tensors(tf, { file, side, count }) {
  const raw = readFileSync(join(pictures, file));
  for (let i = 0; i < count; i++) {
    const grey = raw.subarray(i * side * side, (i + 1) * side * side);
    yield tf.tensor4d(colours(grey), [1, side, side, 3]);
  }
}

async function findInRoom(tf, picture, net) {
  const border = Math.round(BORDER.share * picture.shape[1]);
  const around = [border, border];
  const roomy = tf.pad(picture, [[0, 0], around, around, [0, 0]], BORDER.grey);
  const answer = await net.find(roomy);
  roomy.dispose();
  return answer ?? {};
}
