// @ts-check
/** How fast the stream is: frames a second, latency and dropped frames, over the last seconds. */

const SPAN_MS = 5000;

export class Statistics {
  /** Frames answered since the session began. */
  answered = 0;
  /** Frames of the video that have no answer: skipped by the page or dropped by the server. */
  dropped = 0;

  /** The answers of the last seconds. @type {{atMs: number, latencyMs: number}[]} */
  #recent = [];

  /** @param {number} latencyMs  From taking the frame to its answer. @param {number} nowMs */
  answer(latencyMs, nowMs) {
    this.answered += 1;
    this.#recent.push({ atMs: nowMs, latencyMs });
    while (this.#recent[0].atMs < nowMs - SPAN_MS) this.#recent.shift();
  }

  /** Forget what was measured before a pause, so that rates do not count it. */
  interrupt() {
    this.#recent = [];
  }

  /** Median latency in ms, or null without answers. */
  get latencyMs() {
    const sorted = this.#recent.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor((sorted.length - 1) / 2)] : null;
  }

  /** Answers a second, or null while there are too few to tell. */
  get framesPerS() {
    if (this.#recent.length < 3) return null;
    const spanMs = this.#recent[this.#recent.length - 1].atMs - this.#recent[0].atMs;
    return spanMs > 0 ? ((this.#recent.length - 1) * 1000) / spanMs : null;
  }
}
