// @ts-check
/**
 * What goes over the wire, as types, and how it is said to people.
 *
 * @typedef {{name: string, score: number}} Action  What a track does; best first in an answer.
 * @typedef {{track_id: number, box: [number, number, number, number], score: number, class: string,
 *   actions: Action[]}} Track
 * @typedef {{seq: number, epoch: number, resumed: boolean, durable_seq: number, dropped: number, time_s: number,
 *   tracks: Track[]}} Answer
 * @typedef {{status: number, title: string, detail?: string, seq?: number}} Problem
 * @typedef {"connecting" | "live" | "reconnecting" | "ended" | "lost" | "refused"} StreamState
 * @typedef {object} Listener
 * @property {(state: StreamState, problem: Problem | null) => void} state  The connection changed.
 * @property {(answer: Answer) => void} answer  Each frame's answer once, in order of `seq`.
 * @property {(seq: number, problem: Problem | null) => void} unused  The server dropped or refused this frame; it goes on.
 * @property {() => void} ready  There may be room for a frame again.
 */

/**
 * Return a problem of the server as one sentence.
 * @param {Problem} problem
 */
export function describe(problem) {
  const text = problem.detail ? `${problem.title}: ${problem.detail}` : problem.title;
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")} (${problem.status}).`;
}
