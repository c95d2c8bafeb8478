/** Sends one request at a time, because a server completes a request even if the browser cancels it. */

/** A request waits at most this long for the one before it. */
const PATIENCE_MS = 2000;

/** @param {string} address @returns {Promise<Response>} rejects if the request fails */
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
   * @returns {Promise<string>} its text; rejects with an AbortError if a newer request replaces it
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
    throw new DOMException("a newer request replaced this one", "AbortError");
  }
}

/** @param {any} error of a request @returns {string | null} the reason in words; null if a newer request replaced it */
export function reasonOf(error) {
  if (error.name === "AbortError") return null;
  return error instanceof TypeError ? "the site cannot be reached" : error.message;
}
