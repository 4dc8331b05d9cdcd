// @ts-check
/**
 * Carries frames from a source to a stream and brings each answer back together with its own picture.
 *
 * The picture shown is the frame that was sent, not the video as it plays: so boxes sit exactly on what they
 * were computed from, however late they come. At most two frames are under way; when the server is slower
 * than the video, the newest frame goes next and the ones between count as dropped.
 */

import { encode } from "./source.js";
import { Stream } from "./stream.js";

/**
 * @typedef {import("./messages.js").Answer} Answer
 * @typedef {object} View
 * @property {(picture: ImageBitmap, answer: Answer, latencyMs: number) => void} show  Takes the picture over.
 * @property {(num: number, problem: import("./messages.js").Problem | null) => void} dropped
 *   So many frames of the video will have no answer, because of `problem` or for want of time.
 * @property {(state: import("./messages.js").StreamState, problem: import("./messages.js").Problem | null) => void} state
 */

export class Player {
  /** Whether the user wants it to run. */
  running = false;

  #capturing = false;
  #finishing = false;
  /** Time of the newest frame not yet sent. @type {number | null} */
  #waitingS = null;
  /** Pictures under way, by `seq`. @type {Map<number, {picture: ImageBitmap, takenMs: number}>} */
  #pictures = new Map();

  /**
   * @param {import("./source.js").Source} source
   * @param {{name: string, token: string, inputWh: [number, number]}} session
   * @param {View} view
   */
  constructor(source, session, view) {
    this.source = source;
    this.view = view;
    this.inputWh = session.inputWh;
    this.stream = new Stream(session.name, session.token, {
      state: (state, problem) => this.#connection(state, problem),
      answer: (answer) => this.#answered(answer),
      unused: (seq, problem) => (this.#discard(seq), view.dropped(1, problem)),
      ready: () => this.#offer(),
    });
    source.onframe = (timeS, missed) => this.#frame(timeS, missed);
    source.onend = () => ((this.#finishing = true), this.#offer());
    source.rewind();
  }

  /** Open the session and play. */
  start() {
    this.stream.open();
    this.resume();
  }

  resume() {
    this.running = true;
    this.#drive();
  }

  pause() {
    this.running = false;
    this.#drive();
  }

  /** End the session; the view hears of it by its state. */
  stop() {
    this.running = false;
    this.source.pause();
    this.source.onframe = () => {};
    this.source.onend = () => {};
    this.stream.end();
  }

  /** Play or hold the source: a file waits while there is no connection or nobody looks, a camera cannot. */
  #drive() {
    const waits = this.source.kind === "file" && (this.stream.state !== "live" || document.hidden);
    if (this.running && !waits && !this.#finishing) this.source.play();
    else this.source.pause();
  }

  /** Hold or go on as the page is hidden or seen again. */
  visibilityChanged() {
    this.#drive();
  }

  /** @param {number} timeS @param {number} missed */
  #frame(timeS, missed) {
    if (!this.running) return;
    const passedOver = this.#waitingS === null ? 0 : 1;
    if (missed + passedOver > 0) this.view.dropped(missed + passedOver, null);
    this.#waitingS = timeS;
    this.#offer();
  }

  /** Send the newest frame if there is one and room for it; end when the last is answered. */
  async #offer() {
    if (this.#capturing) return;
    if (this.#waitingS === null || !this.stream.ready) {
      if (this.#finishing && this.#waitingS === null && this.stream.settled) this.stop();
      return;
    }
    const timeS = this.#waitingS;
    const takenMs = performance.now();
    this.#waitingS = null;
    this.#capturing = true;
    try {
      const picture = await createImageBitmap(this.source.video);
      const jpeg = await encode(picture, this.inputWh);
      if (this.stream.over) return picture.close();
      const seq = this.stream.send(jpeg, { time_s: timeS, source_wh: this.source.sizeWh });
      this.#pictures.set(seq, { picture, takenMs });
    } finally {
      this.#capturing = false;
    }
    this.#offer();
  }

  /** @param {Answer} answer */
  #answered(answer) {
    const sent = this.#pictures.get(answer.seq);
    this.#pictures.delete(answer.seq);
    for (const seq of this.#pictures.keys()) if (seq < answer.seq) this.#discard(seq);
    if (sent) this.view.show(sent.picture, answer, performance.now() - sent.takenMs);
  }

  /** @param {number} seq */
  #discard(seq) {
    this.#pictures.get(seq)?.picture.close();
    this.#pictures.delete(seq);
  }

  /** @param {import("./messages.js").StreamState} state @param {import("./messages.js").Problem | null} problem */
  #connection(state, problem) {
    if (state === "live" || state === "reconnecting") this.#drive();
    else if (state !== "connecting") {
      this.running = false;
      this.source.pause();
      for (const seq of [...this.#pictures.keys()]) this.#discard(seq);
    }
    this.view.state(state, problem);
  }
}
