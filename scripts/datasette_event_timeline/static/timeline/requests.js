/** Requests, one at a time: a server works out what it was asked even if nobody waits for it. */

/** Longer than this the next one does not wait. */
const PATIENCE_MS = 2000;

/** @param {string} address @returns {Promise<Response>} rejects if there is no good answer */
export async function get(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

export class Requests {
  constructor() {
    this.newest = 0;
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  /**
   * @param {string} address
   * @returns {Promise<string>} its text; rejects with an AbortError if a newer question is asked
   */
  async get(address) {
    const turn = (this.newest += 1);
    await this.last;
    if (turn === this.newest) {
      const answer = get(address).then((response) => response.text());
      const settled = answer.catch(() => {});
      const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
      this.last = Promise.race([settled, patience]);
      await settled;
      if (turn === this.newest) return answer;
    }
    throw new DOMException("a newer question was asked", "AbortError");
  }
}

/**
 * @param {any} error of a request
 * @returns {string | null} why, in words; null if only a newer question took its place
 */
export function reasonOf(error) {
  if (error.name === "AbortError") return null;
  return error instanceof TypeError ? "the site cannot be reached" : error.message;
}
