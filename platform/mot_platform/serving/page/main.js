// @ts-check
/** The page as a whole: what the user asks for becomes a source, a session and what is drawn of it. */

import { fetchModel, newSessionName, Refusal } from "./access.js";
import { offerSources } from "./chooser.js";
import { History } from "./history.js";
import { describe } from "./messages.js";
import { Overlay } from "./overlay.js";
import { element, showClock, showConnection, showControls, showFact, showFigures, showModel, showNotice } from "./panel.js";
import { Player } from "./player.js";
import { Source } from "./source.js";
import { Statistics } from "./statistics.js";
import { Timeline } from "./timeline.js";

const TIMELINE_S = 20;
const RESUMED_SHOWN_MS = 4000;

/** @type {import("./access.js").Model | null} */
let model = null;
let token = "";
/** @type {Source | null} */
let source = null;
/** @type {Player | null} */
let player = null;
let resumedUntilMs = 0;
let history = new History(TIMELINE_S);
let statistics = new Statistics();

const stage = element("stage");
/** @param {string} name */
const actionIndex = (name) => model?.actions.findIndex((action) => action.name === name) ?? 0;
const overlay = new Overlay(element("picture"), actionIndex);
const timeline = new Timeline(
  { list: element("rows"), canvas: element("plot"), legend: element("legend"), filled: element("timeline-filled"), empty: element("timeline-empty") },
  actionIndex,
);

/** Ask the server for its model; show the token field where it wants one. Returns whether it answered. */
async function meetServer() {
  try {
    model = await fetchModel(token);
  } catch (error) {
    const refusal = /** @type {Refusal} */ (error);
    const wantsToken = refusal.status === 401;
    element("token-form").hidden = !wantsToken;
    showConnection(wantsToken ? "Token needed" : "No server", wantsToken ? "warn" : "bad");
    if (!wantsToken) showNotice(refusal.message, { label: "Try again", run: meetServer });
    else if (token) showNotice("The server does not accept this token.");
    if (wantsToken) element("token").focus();
    return false;
  }
  element("token-form").hidden = true;
  showNotice("");
  showModel(model);
  showConnection("Ready");
  return true;
}

/** Take a new source and play it. @param {() => Promise<Source>} open */
async function choose(open) {
  endSession();
  showNotice("");
  try {
    const opened = await open();
    source?.release();
    source = opened;
    stage.prepend(source.video); // browsers pause what is on no page; the canvas lies over it
  } catch (error) {
    if (source) stopPressed();
    return showNotice(/** @type {Error} */ (error).message);
  }
  const [width, height] = source.sizeWh;
  showFact("source", source.name, `${source.kind}, ${width} × ${height} px`);
  stage.style.setProperty("--aspect", String(Math.max(0.8, width / height)));
  element("welcome").hidden = true;
  await begin();
}

/** Begin a session with the chosen source. */
async function begin() {
  endSession();
  if (!source) return;
  showControls("ready");
  if (!model && !(await meetServer())) return;
  if (!source || !model) return;
  history = new History(TIMELINE_S);
  statistics = new Statistics();
  resumedUntilMs = 0;
  overlay.clear();
  timeline.show(history);
  showFigures(statistics, history);
  showClock(0, source.durationS);
  showNotice("");
  /** @type {Player} */
  const current = new Player(source, { name: newSessionName(), token, inputWh: model.input_wh }, {
    show: (picture, answer, latencyMs) => (current === player ? show(picture, answer, latencyMs) : picture.close()),
    dropped: (num, problem) => {
      statistics.dropped += num;
      if (problem) showNotice(`A frame was refused. ${describe(problem)}`);
    },
    state: (state, problem) => current === player && connectionChanged(state, problem),
  });
  player = current;
  showFact("session", current.stream.name);
  showConnection("Connecting", "warn");
  showControls("playing");
  try {
    current.start();
  } catch {
    player = null;
    showControls("ready");
    showConnection("Not connected", "bad");
    showNotice("This token cannot be sent from a browser: it may hold letters, digits and -._~ only.");
  }
}

/** Forget the session that runs, if one does. */
function endSession() {
  const ending = player;
  player = null;
  ending?.stop();
}

/** @param {ImageBitmap} picture @param {import("./messages.js").Answer} answer @param {number} latencyMs */
function show(picture, answer, latencyMs) {
  history.add(answer);
  statistics.answer(latencyMs, performance.now());
  overlay.show(picture, answer.tracks);
  timeline.show(history);
  showFigures(statistics, history);
  showClock(answer.time_s, source?.durationS ?? Infinity);
  stage.dataset.seq = String(answer.seq);
  if (answer.resumed) {
    resumedUntilMs = performance.now() + RESUMED_SHOWN_MS;
    showFact("session", player?.stream.name ?? "", `taken up again, epoch ${answer.epoch}`);
  }
  if (player?.running) showLive();
}

/** Say that all is well, and for some seconds that the session was taken up again. */
function showLive() {
  showConnection(performance.now() < resumedUntilMs ? "Live, resumed" : "Live", "good");
}

/** @param {import("./messages.js").StreamState} state @param {import("./messages.js").Problem | null} problem */
function connectionChanged(state, problem) {
  if (state === "live" && player?.running) showLive();
  else if (state === "live") showConnection("Paused");
  else if (state === "connecting") showConnection("Connecting", "warn");
  else if (state === "reconnecting") {
    statistics.interrupt();
    showConnection("Reconnecting", "warn");
  } else {
    player = null;
    showControls("ready", true);
    if (state === "ended") return showConnection("Finished");
    showConnection(state === "lost" ? "Session lost" : "Refused", "bad");
    if (problem) sayRefusal(state, problem);
  }
}

/** @param {string} state @param {import("./messages.js").Problem} problem */
function sayRefusal(state, problem) {
  if (problem.status === 401) return void ((model = null), meetServer());
  const told = describe(problem);
  if (state === "lost") showNotice(`${told} Its ids cannot go on.`, { label: "Start anew", run: begin });
  else if (problem.status === 409) showNotice("Another window has taken this session over.", { label: "Start anew", run: begin });
  else showNotice(told, { label: "Try again", run: begin });
}

/** Pause, go on, or begin again. */
function playPressed() {
  if (!player) return void begin();
  statistics.interrupt();
  if (player.running) player.pause();
  else player.resume();
  showControls(player.running ? "playing" : "paused");
  if (player.stream.state === "live") player.running ? showLive() : showConnection("Paused");
}

/** End the session; the picture and the timeline stay. */
function stopPressed() {
  endSession();
  showControls("ready", true);
  showConnection("Stopped");
}

element("play").onclick = playPressed;
element("stop").onclick = stopPressed;
offerSources({ file: (file) => choose(() => Source.file(file)), webcam: () => choose(() => Source.webcam()) });
element("token-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  token = /** @type {HTMLInputElement} */ (element("token")).value.trim();
  if ((await meetServer()) && source) begin();
});
document.addEventListener("visibilitychange", () => player?.visibilityChanged());
addEventListener("pagehide", endSession);
meetServer();
