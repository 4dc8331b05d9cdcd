// @ts-check
/** The words and figures round the picture: connection, notices, controls, facts. */

import { shortName } from "./colors.js";

const PLAY_ICON = "M4 2.5v11l9-5.5z";
const PAUSE_ICON = "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z";

/**
 * Return the element of that id.
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function element(id) {
  return /** @type {T} */ (/** @type {unknown} */ (document.getElementById(id)));
}

/**
 * Say how the connection is.
 * @param {string} text
 * @param {"" | "good" | "warn" | "bad"} tone
 */
export function showConnection(text, tone = "") {
  const badge = /** @type {HTMLElement} */ (element("connection").parentElement);
  if (element("connection").textContent !== text) element("connection").textContent = text;
  badge.dataset.tone = tone;
}

/**
 * Show one clear line, with a button where something can be done about it; empty text hides it.
 * @param {string} text
 * @param {{label: string, run: () => void} | null} action
 */
export function showNotice(text, action = null) {
  const button = /** @type {HTMLButtonElement} */ (element("notice-action"));
  element("notice").hidden = text === "";
  element("notice-text").textContent = text;
  button.hidden = action === null;
  button.textContent = action?.label ?? "";
  button.onclick = action?.run ?? null;
}

/**
 * @param {"empty" | "ready" | "playing" | "paused"} phase
 * @param {boolean} again  Whether playing means starting over.
 */
export function showControls(phase, again = false) {
  const playing = phase === "playing";
  element("play-text").textContent = playing ? "Pause" : again ? "Play again" : "Play";
  element("play-icon").setAttribute("d", playing ? PAUSE_ICON : PLAY_ICON);
  /** @type {HTMLButtonElement} */ (element("play")).disabled = phase === "empty";
  /** @type {HTMLButtonElement} */ (element("stop")).disabled = phase === "empty" || phase === "ready";
}

/** @param {import("./access.js").Model} model */
export function showModel(model) {
  showFact("model", model.uri, `digest ${model.digest.slice(0, 12)} · code ${model.code_version}`);
  showFact("network", `input ${model.input_wh.join(" × ")} px`, model.class_names.join(", "));
  const names = model.actions.map((action) => shortName(action.name));
  showFact("actions", names.slice(0, 8).join(", ") || "none", names.length > 8 ? `and ${names.length - 8} more` : "");
}

/**
 * @param {string} id
 * @param {string} text
 * @param {string} detail
 */
export function showFact(id, text, detail = "") {
  const small = document.createElement("small");
  small.textContent = detail;
  element(id).replaceChildren(text, ...(detail ? [small] : []));
}

/**
 * @param {import("./statistics.js").Statistics} statistics
 * @param {import("./history.js").History} history
 */
export function showFigures(statistics, history) {
  const { framesPerS, latencyMs, dropped, answered } = statistics;
  /** @type {[string, string][]} */
  const figures = [
    ["rate", framesPerS === null ? "–" : framesPerS.toFixed(1)],
    ["latency", latencyMs === null ? "–" : latencyMs.toFixed(0)],
    ["in-view", answered ? String(history.present.size) : "–"],
    ["ids", history.highestId ? `ids up to ${history.highestId}` : "no ids yet"],
    ["dropped", answered ? String(dropped) : "–"],
    ["frames", answered ? `of ${answered + dropped} frames` : "frames"],
  ];
  for (const [id, text] of figures) element(id).textContent = text;
}

/** @param {number} timeS @param {number} durationS  Infinity where there is no end. */
export function showClock(timeS, durationS) {
  const bar = /** @type {HTMLProgressElement} */ (element("progress"));
  const finite = Number.isFinite(durationS) && durationS > 0;
  bar.hidden = !finite;
  bar.value = finite ? Math.min(1, timeS / durationS) : 0;
  element("clock").textContent = finite ? `${clock(timeS)} / ${clock(durationS)}` : clock(timeS);
}

/** @param {number} timeS */
function clock(timeS) {
  const seconds = Math.floor(timeS);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
