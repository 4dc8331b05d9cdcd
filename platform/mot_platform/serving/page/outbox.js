// @ts-check
/** The frames that the server may need once more, and those whose answer is still awaited. */

const KEPT_FRAMES = 256;

/** @typedef {{head: string, picture: ArrayBuffer}} Frame  What is sent: a text about the frame, and its JPEG. */

export class Outbox {
  /** By `seq`; at most so many, the oldest go first. @type {Map<number, Frame>} */
  #kept = new Map();
  /** Kept frames still to be sent again. @type {number[]} */
  #again = [];
  /** @type {Set<number>} */
  #unanswered = new Set();

  /** Number of frames sent on this connection whose answer is awaited. */
  get numUnanswered() {
    return this.#unanswered.size;
  }

  /** Whether everything sent has its answer and nothing is to be sent again. */
  get settled() {
    return this.#again.length === 0 && this.#unanswered.size === 0;
  }

  /** Whether old frames go before new ones. */
  get repeats() {
    return this.#again.length > 0;
  }

  /** @param {number} seq @param {Frame} frame */
  keep(seq, frame) {
    this.#kept.set(seq, frame);
    this.#kept.delete(seq - KEPT_FRAMES);
  }

  /**
   * Return a frame for sending and await its answer.
   * @param {number} seq
   */
  take(seq) {
    const frame = this.#kept.get(seq);
    if (frame) this.#unanswered.add(seq);
    return frame;
  }

  /** Return the next frame to send again, or undefined. */
  takeAgain() {
    const seq = this.#again.shift();
    return seq === undefined ? undefined : this.take(seq);
  }

  /** @param {number} seq @param {number} durableSeq  Newest frame whose effect is stored. */
  answered(seq, durableSeq) {
    this.#unanswered.delete(seq);
    for (const old of this.#kept.keys()) {
      if (old <= durableSeq && !this.#unanswered.has(old)) this.#kept.delete(old);
    }
  }

  /** Forget a frame that the server does not use. @param {number} seq */
  drop(seq) {
    this.#unanswered.delete(seq);
    this.#kept.delete(seq);
  }

  /** Send everything from `seq` on again: the connection is a new one. @param {number} seq */
  repeatFrom(seq) {
    this.#unanswered.clear();
    this.#again = [...this.#kept.keys()].filter((kept) => kept >= seq).sort((a, b) => a - b);
  }
}
