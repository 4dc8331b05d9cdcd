// @ts-check
/**
 * The server's model, and whether a token is needed to hear of it.
 *
 * @typedef {{uri: string, digest: string, input_wh: [number, number], class_names: string[],
 *   actions: {action_id: number, name: string}[], code_version: string}} Model
 */

import { describe } from "./messages.js";

/** The server refused; `status` says how. */
export class Refusal extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Return the model behind the endpoint.
 * @param {string} token  Bearer token, or empty.
 * @returns {Promise<Model>}
 */
export async function fetchModel(token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : undefined;
  let response;
  try {
    response = await fetch("/v1/model", { headers, cache: "no-store" });
  } catch {
    throw new Refusal(0, "The server cannot be reached.");
  }
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  throw new Refusal(response.status, problem ? describe(problem) : `The server answers ${response.status}.`);
}

/** Return a new session name, such as "page-3f9k2a". */
export function newSessionName() {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  return `page-${[...crypto.getRandomValues(new Uint8Array(8))].map((n) => letters[n % letters.length]).join("")}`;
}
