/**
 * Composition root of the page: connects camera, frame loop, connection, faces and view.
 *
 * @import {ModelStatus, Session, SessionExpired} from "./protocol-types.js"
 * @import {Ack} from "./types.js"
 * @import {ConnectionState} from "./connection/connection.js"
 */

import { Camera, CameraImages, describeCameraError } from "./camera/camera.js";
import { now } from "./clock.js";
import { AccessPrompt } from "./connection/access-prompt.js";
import { Connection } from "./connection/connection.js";
import { TrackedFaces } from "./faces/tracked-faces.js";
import { DetectionMode } from "./frames/detection-mode.js";
import { FrameLoop } from "./frames/frame-loop.js";
import { DetectionFailed } from "./frames/frame-source.js";
import { FrameStatistics } from "./frames/frame-statistics.js";
import { Settings } from "./settings/settings.js";
import { readUrlOptions } from "./settings/url-options.js";
import {
  CAMERA_OFF, CAMERA_ON, CONNECTION, CONTINUE, frameRejected, SERVER_FULL, SERVER_STOPPING, sessionEnded,
} from "./strings.js";
import { byId } from "./view/dom.js";
import { Notice } from "./view/notice.js";
import { PageView } from "./view/page-view.js";
import { blockedHint } from "./view/video-hint.js";

const TICK_MS = 250;

const SOCKET_PATH = new URL("../../socket.io/", import.meta.url).pathname;

const video = byId("video", HTMLVideoElement);
const cameraButton = byId("camera-button", HTMLButtonElement);
const mirror = byId("mirror", HTMLInputElement);
const activation = byId("activation", HTMLInputElement);
const { interval, rotate } = readUrlOptions(location.search);

const faces = new TrackedFaces();
const statistics = new FrameStatistics();
const view = new PageView(faces, statistics, mirror.checked, pipelineState, rotate);
const notice = new Notice(byId("notice", HTMLElement), cameraButton);
const access = new AccessPrompt(window, notice);
const camera = new Camera(video, () => stop("TrackEnded"));
const images = new CameraImages(video);
const connection = new Connection(SOCKET_PATH, access.token, {
  onState: showConnection,
  onSession: startSession,
  onPrediction: (prediction) => {
    faces.addPrediction(prediction, now());
    view.refresh(now());
  },
  onModelStatus: updateModel,
  onExpired: endSession,
  onFull: showFull,
  onRefused: (message) => access.ask(message, connection),
});
const settings = new Settings(connection, notice, (models) => view.setModels(models), {
  interval,
  requested: { mirror: mirror.checked, activation: activation.checked },
});
const detection = new DetectionMode(
  { input: byId("browser-detection", HTMLInputElement), note: byId("browser-detection-note", HTMLElement) },
  video, connection, notice, rotate,
);
const loop = new FrameLoop({
  nextImage: (signal) => images.next(signal),
  ready: () => connection.ready && detection.ready && video.readyState >= video.HAVE_CURRENT_DATA,
  send: (meta, stopped) => detection.send(meta, stopped),
  now,
  onAck: handleAck,
  onLost: handleLostFrame,
});

function pipelineState() {
  const { lastAt: imageAt } = images;
  const { waitingSince } = loop;
  return { connection: connection.state, detector: detection.state, imageAt, waitingSince };
}

/** @param {Session} session */
function startSession(session) {
  faces.clear();
  loop.resetSequence();
  loop.maxRate = session.limits.max_frames_per_second;
  detection.setSession(session);
  settings.startSession(session);
}

/** @param {ModelStatus} status */
function updateModel(status) {
  view.announce(settings.updateStatus(status));
}

/** @param {ConnectionState} state */
function showConnection(state) {
  view.setConnection(state);
  view.refresh(now());
  if (state === "connected") ["session", "access", "frame", "full"].forEach((topic) => notice.clear(topic));
  if (state === "connected" && loop.running) view.announce(CONNECTION.connected);
  if (state === "reconnecting") view.announce(blockedHint(pipelineState(), now()));
}

/** @param {number} ms Time to the next attempt. */
function showFull(ms) {
  notice.show("full", { text: SERVER_FULL, until: now() + ms });
}

/** @param {SessionExpired} expired */
function endSession({ reason }) {
  if (reason === "shutdown") return view.announce(SERVER_STOPPING);
  faces.clear();
  if (!loop.running) return;
  notice.show("session", {
    text: sessionEnded(reason),
    button: { title: CONTINUE, run: () => connection.open() },
  });
}

/**
 * @param {Ack} ack
 * @param {number} latencyMs
 */
function handleAck(ack, latencyMs) {
  if (ack.status === "analysed") {
    faces.update(ack, now());
    statistics.addAck(now(), latencyMs);
    notice.clear("frame");
    view.refresh(now());
  } else if (ack.status === "dropped" || ack.code === "rate_limited") {
    statistics.addDropped();
  } else if (ack.code !== "session_expired") {
    notice.show("frame", { text: frameRejected(ack.message) });
  }
}

/** @param {unknown} error */
function handleLostFrame(error) {
  if (error instanceof DetectionFailed) detection.fail(error);
  else statistics.addLost();
}

async function start() {
  notice.clear("camera");
  view.setStage("starting");
  try {
    await camera.open();
  } catch (error) {
    return stop(error);
  }
  if (connection.state === "ended") connection.open();
  statistics.clear();
  images.expect();
  view.setStage("live");
  view.announce(CAMERA_ON);
  loop.start();
}

/** @param {unknown} [error] Why the camera stopped, unless the visitor stopped it. */
function stop(error) {
  loop.stop();
  camera.close();
  faces.clear();
  statistics.clear();
  view.setStage("idle");
  view.showStatistics(now());
  view.refresh(now());
  if (error) notice.show("camera", { text: describeCameraError(error) });
  else view.announce(CAMERA_OFF);
}

/** Browsers pause the video and the drawing while the page is hidden. */
function resume() {
  if (document.hidden) return;
  images.expect();
  camera.resume();
  view.refresh(now());
}

function tick() {
  faces.expire(now());
  notice.tick(now());
  view.refresh(now());
  if (!loop.running) return;
  const { rate, latencyMs } = view.showStatistics(now());
  void chart?.then((drawn) => drawn?.add(now(), latencyMs, rate));
}

/** @type {Promise<import("./view/performance-chart.js").PerformanceChart | null> | undefined} */
let chart;

async function loadChart() {
  const { PerformanceChart } = await import("./view/performance-chart.js");
  return new PerformanceChart(byId("chart", HTMLElement));
}

function toggleCamera() {
  if (view.stage === "idle") void start();
  else if (view.stage === "live") stop();
}

function changeMirror() {
  view.mirrored = mirror.checked;
  view.refresh(now());
  void settings.request({ mirror: mirror.checked });
}

function changeActivation() {
  view.setExplained(activation.checked);
  view.refresh(now());
  void settings.request({ activation: activation.checked });
}

function listen() {
  cameraButton.disabled = false;
  cameraButton.addEventListener("click", toggleCamera);
  mirror.addEventListener("change", changeMirror);
  activation.addEventListener("change", changeActivation);
  document.addEventListener("visibilitychange", resume);
  window.addEventListener("resize", () => view.refresh(now()));
  window.addEventListener("hashchange", () => access.readAddress(connection));
}

listen();
view.setExplained(activation.checked);
view.refresh(now());
connection.open();
// The page works without the chart.
chart = loadChart().catch(() => null);
setInterval(tick, TICK_MS);
if (!window.isSecureContext) notice.show("camera", { text: describeCameraError("insecure") });
