/**
 * The page, put together.
 *
 * @import {Ack, Configuration, Configured, Model, ModelStatus, Session, SessionExpired} from "./types.js"
 * @import {ConnectionState} from "./connection.js"
 */

import { Camera, describeCameraError, nextPicture } from "./camera.js";
import { Frame } from "./capture.js";
import { now } from "./clock.js";
import { Connection } from "./connection.js";
import { byId } from "./dom.js";
import { Faces } from "./faces.js";
import { FrameLoop } from "./frames.js";
import { ModelPanel, withStatus } from "./model-panel.js";
import { leadModel, Wishes, withSettings } from "./models.js";
import { Notice } from "./notice.js";
import { readOptions } from "./options.js";
import { DetectionFailed } from "./sources.js";
import { SourceSwitch } from "./source-switch.js";
import { Statistics } from "./statistics.js";
import { View } from "./view.js";
import { ending } from "./words.js";

const TICK_MS = 250;

const options = readOptions(location.search);
const video = byId("video", HTMLVideoElement);
const mirror = byId("mirror", HTMLInputElement);
const smoothing = byId("smoothing", HTMLInputElement);
let wishes = new Wishes({ mirror: mirror.checked });
const faces = new Faces();
const statistics = new Statistics();
const view = new View(faces, statistics);
const notice = new Notice(byId("notice", HTMLElement));
const panel = new ModelPanel(byId("models", HTMLUListElement), configure);
const camera = new Camera(video, () => stop("TrackEnded"));
const connection = new Connection(options.token, {
  onState: followConnection,
  onSession: beginSession,
  onPrediction: (prediction) => {
    faces.learn(prediction, now());
    view.refresh(now());
  },
  onModelStatus: followModel,
  onExpired: endSession,
});
const sources = new SourceSwitch(byId("browser-detection", HTMLInputElement), new Frame(video), connection, notice);
const loop = new FrameLoop({
  nextPicture: (signal) => nextPicture(video, signal),
  ready: () => connection.ready && video.videoWidth > 0,
  exchange: (meta) => sources.current(meta),
  now,
  onAck: takeAck,
  onLost: loseFrame,
});

/** @type {Model[]} */
let models = [];

/** @param {Model[]} changed */
function setModels(changed) {
  models = changed;
  view.setModels(models);
  panel.show(models);
}

/** @param {Session} session */
function beginSession(session) {
  faces.clear();
  loop.restartCount();
  loop.maxRate = session.limits.max_frames_per_second;
  sources.setSession(session);
  setModels(session.models);
  void configure(takeIntervalOption());
}

/** The interval that the page's address asks for, once: later the panel decides. */
function takeIntervalOption() {
  const lead = leadModel(models);
  const interval = options.interval;
  if (!lead || interval === null) return {};
  options.interval = null;
  return { models: { [lead.name]: { interval_ms: interval } } };
}

/**
 * Asks for a change; where the server refuses it, the controls go back to what holds.
 * @param {Configuration} change
 */
async function configure(change) {
  const before = wishes;
  wishes = wishes.with(change);
  if (!connection.ready) return;
  const reply = await connection.configure(wishes.for(models)).catch(() => null);
  if (reply?.status === "ok") return showSettings(reply);
  if (reply?.status === "error") notice.show("settings", { text: `This setting was refused: ${reply.message}` });
  wishes = before;
  panel.show(models);
}

/** @param {Configured} settings */
function showSettings(settings) {
  notice.clear("settings");
  smoothing.checked = settings.smoothing;
  setModels(withSettings(models, settings.models));
}

/** @param {ModelStatus} status */
function followModel(status) {
  setModels(withStatus(models, status));
  const title = models.find(({ name }) => name === status.model)?.title ?? status.model;
  view.say(`${title} is ${status.state}.`);
}

/** @param {ConnectionState} state */
function followConnection(state) {
  view.setConnection(state);
  view.refresh(now());
  if (state === "connected") ["session", "access", "frame"].forEach((topic) => notice.clear(topic));
  if (state === "connected" && loop.running) view.say("Connected.");
  if (state === "reconnecting") view.say("The connection was lost. The page reconnects by itself.");
  if (state === "refused") askForToken();
}

function askForToken() {
  notice.show("access", {
    text: options.token
      ? "The server refused this access token. Ask whoever runs this service for the right one."
      : "This service asks for an access token. Ask whoever runs it, and enter the token here.",
    field: { title: "Access token", run: useToken },
  });
}

/** @param {string} token */
function useToken(token) {
  options.token = token;
  connection.open(token);
}

/** @param {SessionExpired} expired */
function endSession({ reason }) {
  if (reason === "shutdown") return view.say(ending(reason));
  if (!loop.running) return;
  notice.show("session", {
    text: `${ending(reason)} Nothing of it was kept.`,
    button: { title: "Go on", run: () => connection.open() },
  });
}

/**
 * @param {Ack} ack
 * @param {unknown} _meta
 * @param {number} latencyMs
 */
function takeAck(ack, _meta, latencyMs) {
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
  if (error instanceof DetectionFailed) sources.fallBack(error);
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
  view.setStage("live");
  view.say("The camera is on.");
  loop.start();
}

/** @param {unknown} [problem] Why, where it was not the visitor's wish. */
function stop(problem) {
  loop.stop();
  camera.close();
  faces.clear();
  view.setStage("idle");
  view.refresh(now());
  if (problem) notice.show("camera", { text: describeCameraError(problem) });
  else view.say("The camera is off.");
}

function tick() {
  faces.forget(now());
  view.refresh(now());
  if (!loop.running) return;
  const { rate, latencyMs } = view.showNumbers(now());
  void chart?.then((drawn) => drawn.add(now(), latencyMs, rate));
}

/** @type {Promise<import("./chart.js").Chart> | undefined} */
let chart;

async function loadChart() {
  const { Chart } = await import("./chart.js");
  return new Chart(byId("chart", HTMLElement));
}

function listen() {
  byId("camera-button", HTMLButtonElement).addEventListener("click", () => {
    if (document.body.dataset.stage === "idle") void start();
    else stop();
  });
  mirror.addEventListener("change", () => {
    view.mirrored = mirror.checked;
    view.refresh(now());
    void configure({ mirror: mirror.checked });
  });
  smoothing.addEventListener("change", () => configure({ smoothing: smoothing.checked }));
  window.addEventListener("resize", () => view.refresh(now()));
}

listen();
view.refresh(now());
connection.open();
chart = loadChart();
setInterval(tick, TICK_MS);
if (!window.isSecureContext) notice.show("camera", { text: describeCameraError("insecure") });
