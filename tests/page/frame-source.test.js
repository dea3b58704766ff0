import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameCapture, toJpegWithin } from "../../static/js/frames/frame-capture.js";
import { DetectionFailed, faceCrops, wholeFrames } from "../../static/js/frames/frame-source.js";

const LIMITS = { max_faces: 16, max_frame_bytes: 1e6, max_pixels: 1e6 };
const META = { seq: 0, captured_at: 0 };
const VIDEO = { videoWidth: 640, videoHeight: 480 };

/** Canvases whose JPEGs take a byte per hundred pixels at a quality of 1. */
globalThis.document = {
  createElement: () => ({
    getContext() {
      return { canvas: this, drawImage() {} };
    },
    toBlob(done, _, quality) {
      const bytes = new ArrayBuffer(Math.round((this.width * this.height * quality) / 100));
      done({ arrayBuffer: async () => Object.assign(bytes, { side: this.width, quality }) });
    },
  }),
};

const detections = (count) => Array.from({ length: count }, () => ({ box: [100, 100, 50, 50], score: 1, landmarks: [] }));
const detector = (count) => ({ detect: async () => detections(count) });

function build() {
  const sent = [];
  const connection = {
    sendFrame: async (meta, image) => sent.push({ ...meta, image }),
    sendFaces: async (meta, crops) => sent.push({ ...meta, crops }),
  };
  return { sent, connection, replaced: new AbortController(), stopped: new AbortController() };
}

async function sentFaces(count, limits = LIMITS) {
  const { sent, connection, replaced, stopped } = build();
  const session = { crop: { margin: 0.28, size: 176 }, limits };
  await faceCrops(new FrameCapture(VIDEO, 480), connection, detector(count), session, replaced.signal)(META, stopped.signal);
  return sent[0];
}

for (const end of ["replaced", "stopped"]) {
  test(`a frame captured before the source was ${end} is not sent after it`, async () => {
    const { sent, connection, ...ends } = build();
    const session = { crop: { margin: 0.28, size: 176 }, limits: LIMITS };
    const { replaced, stopped } = ends;
    const whole = wholeFrames(new FrameCapture(VIDEO, 480), connection, LIMITS, replaced.signal)(META, stopped.signal);
    const cut = faceCrops(new FrameCapture(VIDEO, 480), connection, detector(1), session, replaced.signal)(META, stopped.signal);
    ends[end].abort();
    await assert.rejects(whole, { name: "AbortError" });
    await assert.rejects(cut, { name: "AbortError" });
    assert.deepEqual(sent, []);
  });
}

test("only face crops are sent, one per face, with the frame's size", async () => {
  const { width, height, faces, crops } = await sentFaces(2);
  assert.deepEqual([width, height, faces.length], [480, 480, 2]);
  assert.deepEqual(crops.map(({ side }) => side), [176, 176]);
});

test("crops together fit the server's limits: first smaller, then fewer", async () => {
  const smaller = await sentFaces(4, { ...LIMITS, max_pixels: 4 * 100 ** 2 });
  assert.deepEqual(smaller.crops.map(({ side }) => side), [100, 100, 100, 100]);
  const fewer = await sentFaces(4, { ...LIMITS, max_pixels: 2 * 64 ** 2 });
  assert.deepEqual([fewer.crops.length, fewer.faces.length], [2, 2]);
  const few = await sentFaces(4, { ...LIMITS, max_faces: 3 });
  assert.equal(few.crops.length, 3);
});

test("crops together have at most the server's limit of bytes", async () => {
  const { crops } = await sentFaces(4, { ...LIMITS, max_frame_bytes: 600 });
  assert.ok(crops.every(({ byteLength }) => byteLength <= 150));
});

test("a detector that throws has failed, unless it was stopped on purpose", async () => {
  const session = { crop: { margin: 0.28, size: 176 }, limits: LIMITS };
  const broken = { detect: async () => Promise.reject(new Error("broken")) };
  const { connection, replaced, stopped } = build();
  const source = faceCrops(new FrameCapture(VIDEO, 480), connection, broken, session, replaced.signal);
  await assert.rejects(source(META, stopped.signal), DetectionFailed);
  replaced.abort();
  await assert.rejects(source(META, stopped.signal), { name: "AbortError" });
});

test("a JPEG that is too large is encoded at lower quality, down to a minimum", async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 100, height: 100 });
  assert.equal((await toJpegWithin(canvas, 0.8, 100)).quality, 0.8);
  assert.equal((await toJpegWithin(canvas, 0.8, 50)).quality, 0.4);
  assert.equal((await toJpegWithin(canvas, 0.8, 1)).quality, 0.1);
});
