// Copies what the page needs of its npm packages into static/vendor/, which git ignores.
// Run it after `npm ci`: `npm run vendor`.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(fileURLToPath(import.meta.url));
const PACKAGES = join(ROOT, "node_modules");
const TARGET = join(ROOT, "static", "vendor");

/** What is copied: the place in static/vendor/, and the file of the package. */
const FILES = {
  "socket.io.js": "socket.io-client/dist/socket.io.esm.min.js",
  "uplot.js": "uplot/dist/uPlot.esm.js",
  "uplot.css": "uplot/dist/uPlot.min.css",
  "litert/index.js": "@litertjs/core/dist/index.js",
  "litert/wasm-utils.js": "@litertjs/wasm-utils/dist/index.js",
  // The second one is for browsers without relaxed SIMD; LiteRT.js picks.
  "litert/wasm/litert_wasm_internal.js": "@litertjs/core/wasm/litert_wasm_internal.js",
  "litert/wasm/litert_wasm_internal.wasm": "@litertjs/core/wasm/litert_wasm_internal.wasm",
  "litert/wasm/litert_wasm_compat_internal.js": "@litertjs/core/wasm/litert_wasm_compat_internal.js",
  "litert/wasm/litert_wasm_compat_internal.wasm": "@litertjs/core/wasm/litert_wasm_compat_internal.wasm",
  "face_detection_full_range.tflite": "@mediapipe/face_detection/face_detection_full_range.tflite",
};

/** Import maps do not reach into workers, so this one bare import becomes a relative one. */
const BARE_IMPORT = ['"@litertjs/wasm-utils"', '"./wasm-utils.js"'];

/** Source maps are not copied; a browser's developer tools need not ask for them. */
const SOURCE_MAP = /\n\/\/# sourceMappingURL=\S+\s*$/;

function adapt(name, bytes) {
  if (!name.endsWith(".js")) return bytes;
  const text = bytes.toString("utf8").replace(SOURCE_MAP, "\n");
  return name === "litert/index.js" ? text.replace(...BARE_IMPORT) : text;
}

async function copy([name, source]) {
  const target = join(TARGET, name);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, adapt(name, await readFile(join(PACKAGES, source))));
}

await Promise.all(Object.entries(FILES).map(copy));
console.log(`static/vendor: ${Object.keys(FILES).length} files`);
