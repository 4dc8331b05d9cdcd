// @ts-check
/**
 * What each track did over the last seconds, as runs of one action; nothing older is kept.
 *
 * @typedef {{action: string | null, fromS: number, toS: number}} Run  `action` is null where none is sure enough.
 * @typedef {{id: number, runs: Run[]}} Row
 */

import { saidAction } from "./overlay.js";

/** A track unseen for longer than this has a gap in its row. */
const GAP_S = 0.5;
/** So long after it was last seen, a row makes room for those in view; not at once, so that rows stand still. */
const LEFT_S = 2;

export class History {
  /** Time of the newest frame in seconds. */
  nowS = 0;
  /** Times at which the session was taken up again. @type {number[]} */
  resumptions = [];
  /** Ids in the newest frame. @type {Set<number>} */
  present = new Set();
  /** Highest id seen so far. */
  highestId = 0;

  /** @type {Map<number, Row>} */
  #rows = new Map();

  /** @param {number} spanS  Seconds kept. */
  constructor(spanS) {
    this.spanS = spanS;
  }

  /** The tracks of the last seconds, by id; those that left some time ago come after the others. */
  get rows() {
    const left = (/** @type {Row} */ row) => Number(this.nowS - row.runs[row.runs.length - 1].toS > LEFT_S);
    return [...this.#rows.values()].sort((a, b) => left(a) - left(b) || a.id - b.id);
  }

  /** @param {import("./messages.js").Answer} answer */
  add(answer) {
    const periodS = Math.min(GAP_S, Math.max(0, answer.time_s - this.nowS));
    this.nowS = answer.time_s;
    this.present = new Set(answer.tracks.map((track) => track.track_id));
    if (answer.resumed) this.resumptions.push(this.nowS);
    for (const track of answer.tracks) this.#extend(track, periodS);
    this.#forget(this.nowS - this.spanS);
  }

  /** Actions that are to be seen at present. @returns {Set<string | null>} */
  get actions() {
    return new Set([...this.#rows.values()].flatMap((row) => row.runs.map((run) => run.action)));
  }

  /** @param {import("./messages.js").Track} track @param {number} periodS  Time since the frame before. */
  #extend(track, periodS) {
    const action = saidAction(track)?.name ?? null;
    const row = this.#rows.get(track.track_id) ?? { id: track.track_id, runs: [] };
    this.#rows.set(track.track_id, row);
    this.highestId = Math.max(this.highestId, track.track_id);
    const last = row.runs[row.runs.length - 1];
    const connected = last !== undefined && this.nowS - last.toS <= GAP_S;
    if (connected && last.action === action) last.toS = this.nowS;
    else row.runs.push({ action, fromS: connected ? last.toS : this.nowS - periodS, toS: this.nowS });
  }

  /** @param {number} beforeS */
  #forget(beforeS) {
    for (const [id, row] of this.#rows) {
      while (row.runs.length && row.runs[0].toS < beforeS) row.runs.shift();
      if (row.runs.length === 0) this.#rows.delete(id);
    }
    this.resumptions = this.resumptions.filter((timeS) => timeS >= beforeS);
  }
}
