/**
 * The page, put together.
 *
 * @import {Ack, ModelStatus, Session, SessionExpired} from "./protocol-types.js"
 * @import {ConnectionState} from "./connection/connection.js"
 */

import { Camera, describeCameraError, Pictures } from "./camera/camera.js";
import { now } from "./clock.js";
import { Connection } from "./connection/connection.js";
import { byId } from "./view/dom.js";
import { Faces } from "./faces/tracked-faces.js";
import { FrameLoop } from "./frames/frame-loop.js";
import { standstill } from "./view/video-hint.js";
import { Notice } from "./view/notice.js";
import { readOptions } from "./settings/url-options.js";
import { Settings } from "./settings/settings.js";
import { DetectionFailed } from "./frames/frame-source.js";
import { SourceSwitch } from "./frames/detection-mode.js";
import { Statistics } from "./frames/frame-statistics.js";
import { keepToken, takeToken } from "./connection/access-token.js";
import { View } from "./view/page-view.js";
import { ending } from "./strings.js";

const TICK_MS = 250;

const SOCKET_PATH = new URL("../../socket.io/", import.meta.url).pathname;

const options = readOptions(location.search);
const access = takeToken(window);
const video = byId("video", HTMLVideoElement);
const mirror = byId("mirror", HTMLInputElement);
const activation = byId("activation", HTMLInputElement);
const faces = new Faces();
const statistics = new Statistics();
const view = new View(faces, statistics, mirror.checked, situation);
const notice = new Notice(byId("notice", HTMLElement), byId("camera-button", HTMLButtonElement));
const camera = new Camera(video, () => stop("TrackEnded"));
const pictures = new Pictures(video);
const connection = new Connection(SOCKET_PATH, access.token, {
  onState: followConnection,
  onSession: beginSession,
  onPrediction: (prediction) => {
    faces.learn(prediction, now());
    view.refresh(now());
  },
  onModelStatus: followModel,
  onExpired: endSession,
  onFull: waitForRoom,
});
const settings = new Settings(connection, notice, (models) => view.setModels(models), {
  interval: options.interval,
  wished: { mirror: mirror.checked, activation: activation.checked },
});
const sources = new SourceSwitch(byId("browser-detection", HTMLInputElement), video, connection, notice);
const loop = new FrameLoop({
  nextPicture: (signal) => pictures.next(signal),
  ready: () => connection.ready && sources.ready && video.readyState >= video.HAVE_CURRENT_DATA,
  exchange: (meta, stopped) => sources.send(meta, stopped),
  now,
  onAck: takeAck,
  onLost: loseFrame,
});

function situation() {
  const { lastAt: pictureAt } = pictures;
  const { waitingSince } = loop;
  return { connection: connection.state, detector: sources.state, pictureAt, waitingSince };
}

/** @param {Session} session */
function beginSession(session) {
  faces.clear();
  loop.restartCount();
  loop.maxRate = session.limits.max_frames_per_second;
  sources.setSession(session);
  settings.begin(session);
}

/** @param {ModelStatus} status */
function followModel(status) {
  settings.follow(status);
  view.say(`${settings.titleOf(status.model)} is ${status.state}.`);
}

/** @param {ConnectionState} state */
function followConnection(state) {
  view.setConnection(state);
  view.refresh(now());
  if (state === "connected") ["session", "access", "frame", "full"].forEach((topic) => notice.clear(topic));
  if (state === "connected" && loop.running) view.say("Connected.");
  if (state === "reconnecting") view.say(standstill(situation(), now()));
  if (state === "refused") askForToken();
}

function askForToken() {
  keepToken(window, null);
  notice.show("access", { text: accessText(), field: { title: "Access token", run: useToken } });
}

function accessText() {
  if (access.token) return "The server refused this access token. Ask the operator of this service for the right one.";
  const asks = "This service asks for an access token. Ask its operator, and enter the token here.";
  const misplaced = "Servers may log a token that stands behind ?token=. Open the page with #token= instead.";
  return access.misplaced ? `${misplaced} ${asks}` : asks;
}

/** @param {string} token */
function useToken(token) {
  access.token = token;
  keepToken(window, token);
  connection.open(token);
}

/** A visitor who opens a link with a token while the page is open already. */
function followAddress() {
  const { token } = takeToken(window);
  if (token && token !== access.token) useToken(token);
}

/** @param {number} ms */
function waitForRoom(ms) {
  const text = "The service is full: all its places are taken. This page tries again by itself.";
  notice.show("full", { text, until: now() + ms });
}

/** @param {SessionExpired} expired */
function endSession({ reason }) {
  if (reason === "shutdown") return view.say(ending(reason));
  faces.clear();
  if (!loop.running) return;
  notice.show("session", {
    text: `${ending(reason)} Nothing of it was kept.`,
    button: { title: "Continue", run: () => connection.open() },
  });
}

/**
 * @param {Ack} ack
 * @param {number} latencyMs
 */
function takeAck(ack, latencyMs) {
  if (ack.status === "analysed") {
    faces.see(ack, now());
    statistics.answered(now(), latencyMs);
    notice.clear("frame");
    view.refresh(now());
  } else if (ack.status === "dropped" || ack.code === "rate_limited") {
    statistics.dropped();
  } else if (ack.code !== "session_expired") {
    notice.show("frame", { text: `The server could not use a picture: ${ack.message}` });
  }
}

/** @param {unknown} error */
function loseFrame(error) {
  if (error instanceof DetectionFailed) sources.fail(error);
  else statistics.lost();
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
  pictures.expect();
  view.setStage("live");
  view.say("The camera is on.");
  loop.start();
}

/** @param {unknown} [problem] Why, where it was not the visitor's wish. */
function stop(problem) {
  loop.stop();
  camera.close();
  faces.clear();
  statistics.clear();
  view.setStage("idle");
  view.showNumbers(now());
  view.refresh(now());
  if (problem) notice.show("camera", { text: describeCameraError(problem) });
  else view.say("The camera is off.");
}

/** Nothing plays and nothing is drawn while the page is hidden. */
function comeBack() {
  if (document.hidden) return;
  pictures.expect();
  camera.resume();
  view.refresh(now());
}

function tick() {
  faces.forget(now());
  notice.tick(now());
  view.refresh(now());
  if (!loop.running) return;
  const { rate, latencyMs } = view.showNumbers(now());
  void chart?.then((drawn) => drawn?.add(now(), latencyMs, rate));
}

/** @type {Promise<import("./view/performance-chart.js").Chart | null> | undefined} */
let chart;

async function loadChart() {
  const { Chart } = await import("./view/performance-chart.js");
  return new Chart(byId("chart", HTMLElement));
}

function listen() {
  const button = byId("camera-button", HTMLButtonElement);
  button.disabled = false;
  button.addEventListener("click", () => {
    if (view.stage === "idle") void start();
    else if (view.stage === "live") stop();
  });
  mirror.addEventListener("change", () => {
    view.mirrored = mirror.checked;
    view.refresh(now());
    void settings.ask({ mirror: mirror.checked });
  });
  activation.addEventListener("change", () => {
    view.explain(activation.checked);
    view.refresh(now());
    void settings.ask({ activation: activation.checked });
  });
  document.addEventListener("visibilitychange", comeBack);
  window.addEventListener("resize", () => view.refresh(now()));
  window.addEventListener("hashchange", followAddress);
}

listen();
view.explain(activation.checked);
view.refresh(now());
connection.open();
// The numbers are there without it.
chart = loadChart().catch(() => null);
setInterval(tick, TICK_MS);
if (!window.isSecureContext) notice.show("camera", { text: describeCameraError("insecure") });
