// @ts-check
/**
 * One live session over a WebSocket: numbered frames out, answers in order back.
 *
 * Frames are kept until the server says that their effect is stored, so that after a break everything the
 * server forgot is sent again and ids go on as if nothing had happened. When that is impossible the listener
 * is told; a session is never begun anew in silence.
 */

import { Outbox } from "./outbox.js";

const MAX_UNANSWERED = 2;
const RETRY_MS = [200, 400, 800, 1600, 3000];
/** Without ever having had a session, a server that can't be reached is reported after so many attempts. */
const FIRST_ATTEMPTS = 5;
/** A connection that owes an answer for so long is given up and opened anew. */
const SILENCE_MS = 15_000;

/**
 * @typedef {import("./messages.js").Answer} Answer
 * @typedef {import("./messages.js").Problem} Problem
 * @typedef {import("./messages.js").StreamState} StreamState
 * @typedef {import("./messages.js").Listener} Listener
 */

export class Stream {
  /** @type {StreamState} */
  state = "connecting";
  /** What the server said last; null before the first session message. @type {number | null} */
  epoch = null;

  #nextSeq = 0;
  #lastAnswered = -1;
  #attempt = 0;
  #window = MAX_UNANSWERED;
  #resumed = false;
  #ending = false;
  #timer = 0;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Problem | null} */
  #problem = null;
  #outbox = new Outbox();

  /**
   * @param {string} name  Session name.
   * @param {string} token  Bearer token, or empty.
   * @param {Listener} listener
   */
  constructor(name, token, listener) {
    this.name = name;
    this.token = token;
    this.listener = listener;
  }

  /** Whether a frame sent now would be among the few that are under way. */
  get ready() {
    const room = !this.#outbox.repeats && this.#outbox.numUnanswered < MAX_UNANSWERED;
    return room && this.state === "live" && !this.#ending;
  }

  /** Whether every frame sent has its answer. */
  get settled() {
    return this.#outbox.settled;
  }

  /** Whether nothing will come any more. */
  get over() {
    return this.state === "ended" || this.state === "lost" || this.state === "refused";
  }

  /** Open the connection; throws a SyntaxError for a token that no header can carry. */
  open() {
    const url = new URL(`/v1/streams/${this.name}`, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.epoch !== null) url.searchParams.set("epoch", String(this.epoch));
    const socket = new WebSocket(url, this.token ? ["mot-action", `bearer.${this.token}`] : []);
    this.#socket = socket;
    socket.onmessage = (event) => socket === this.#socket && this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#closed(event.code);
    this.#expectWord(socket);
  }

  /**
   * Send a frame, at once or as soon as there is a connection again; ask `ready` before.
   * @param {ArrayBuffer} picture  JPEG.
   * @param {{time_s: number, source_wh: [number, number]}} about
   * @returns {number} Its `seq`.
   */
  send(picture, about) {
    const seq = this.#nextSeq++;
    this.#outbox.keep(seq, { head: JSON.stringify({ seq, ...about }), picture });
    if (this.state === "live") this.#transmit(this.#outbox.take(seq));
    return seq;
  }

  /** End the session, or leave it to expire where there is no connection. */
  end() {
    if (this.#ending) return;
    this.#ending = true;
    if (this.state !== "live") return this.#become("ended");
    this.#socket?.send(JSON.stringify({ type: "end" }));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#become("ended"), 2000);
  }

  /** @param {import("./outbox.js").Frame | undefined} frame */
  #transmit(frame) {
    if (!frame || !this.#socket) return;
    this.#socket.send(frame.head);
    this.#socket.send(frame.picture);
    this.#expectWord(this.#socket);
  }

  /** @param {WebSocket} socket */
  #expectWord(socket) {
    if (this.#ending) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => socket === this.#socket && this.#closed(1006), SILENCE_MS);
  }

  /** @param {any} message */
  #receive(message) {
    if (!this.#ending) clearTimeout(this.#timer);
    if (message.type === "session") this.#begin(message);
    else if (message.type === "frame") this.#answered(message);
    else if (message.type === "end") this.#become("ended");
    else if (message.seq === undefined) this.#problem = message;
    else this.#unused(message);
    if (this.state !== "live") return;
    while (this.#outbox.repeats && this.#outbox.numUnanswered < this.#window) {
      this.#transmit(this.#outbox.takeAgain());
    }
    if (this.#outbox.numUnanswered > 0 && this.#socket) this.#expectWord(this.#socket);
    this.listener.ready();
  }

  /** @param {{epoch: number, next_seq: number, window: number}} session */
  #begin(session) {
    this.epoch = session.epoch;
    this.#window = Math.max(1, session.window);
    this.#attempt = 0;
    this.#nextSeq = Math.max(this.#nextSeq, session.next_seq);
    // What the server has forgotten, and what it answered while nobody listened.
    this.#outbox.repeatFrom(Math.min(session.next_seq, this.#lastAnswered + 1));
    this.#become("live");
  }

  /** @param {Answer} answer */
  #answered(answer) {
    this.#outbox.answered(answer.seq, answer.durable_seq);
    this.epoch = answer.epoch;
    this.#resumed ||= answer.resumed;
    if (answer.seq <= this.#lastAnswered) return; // sent again for the server's sake only
    this.#lastAnswered = answer.seq;
    this.listener.answer({ ...answer, resumed: this.#resumed });
    this.#resumed = false;
  }

  /** @param {Problem & {type: string, seq: number}} message  The server has not used that frame. */
  #unused(message) {
    this.#outbox.drop(message.seq);
    this.listener.unused(message.seq, message.type === "problem" ? message : null);
  }

  /** @param {number} code */
  #closed(code) {
    const problem = this.#problem;
    const status = code - 4000;
    this.#problem = null;
    if (code === 1000 || this.#ending) return this.#become("ended");
    if (status === 410) return this.#become("lost", problem ?? { status, title: "session lost" });
    const passing = status < 400 || status === 503 || (status === 429 && this.epoch !== null);
    if (!passing) return this.#become("refused", problem ?? { status, title: `closed with code ${code}` });
    if (this.epoch === null && this.#attempt >= FIRST_ATTEMPTS) {
      return this.#become("refused", problem ?? { status: 503, title: "the stream can't be opened" });
    }
    this.#become(this.epoch === null ? "connecting" : "reconnecting");
    this.#timer = setTimeout(() => this.open(), RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)]);
  }

  /** @param {StreamState} state @param {Problem | null} problem */
  #become(state, problem = null) {
    clearTimeout(this.#timer);
    if (this.over) return;
    this.state = state;
    if (state !== "live") {
      const socket = this.#socket;
      this.#socket = null;
      socket?.close();
    }
    this.listener.state(state, problem);
  }
}
