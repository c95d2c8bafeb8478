/** Animates a scale to a new position, or moves it at once if the reader prefers reduced motion. */

const GLIDE_MS = 170;

/** @returns {boolean} whether the reader prefers reduced motion */
export function isStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

export class Glide {
  constructor() {
    this.frame = 0;
  }

  /**
   * @param {[number, number]} from first and last day
   * @param {[number, number]} to
   * @param {(days: [number, number], done: boolean) => void} move called at each step
   */
  start(from, to, move) {
    this.stop();
    const began = performance.now();
    const step = (/** @type {number} */ now) => {
      const share = isStill() ? 1 : Math.min(1, Math.max(0, now - began) / GLIDE_MS);
      const eased = share * (2 - share);
      const between = (/** @type {number} */ n) => from[n] + (to[n] - from[n]) * eased;
      if (share < 1) this.frame = requestAnimationFrame(step);
      move([between(0), between(1)], share === 1);
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.frame);
  }
}
