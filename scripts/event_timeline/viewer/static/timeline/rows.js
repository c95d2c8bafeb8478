/** The rows of one lane: which stretches of each are taken, and by what. */

/** @typedef {[number, number]} Stretch from and to, in pixels */

/** @template T */
export class Rows {
  /** @param {number} count */
  constructor(count) {
    /** @type {{ from: number, to: number, by: T }[][]} */
    this.taken = Array.from({ length: count }, () => []);
  }

  /** @param {number} row @param {Stretch} stretch @returns {boolean} */
  isFree(row, [from, to]) {
    return !this.taken[row].some((one) => one.from < to && from < one.to);
  }

  /**
   * @param {number} count how many rows are needed, one below the other
   * @param {Stretch} stretch
   * @param {number} last the rows before it are tried
   * @param {(row: number) => boolean} also what must hold for each of them too
   * @returns {number | null} the first row of the highest place with room
   */
  firstFree(count, stretch, last, also) {
    for (let row = 0; row + count <= Math.min(last, this.taken.length); row++) {
      let free = true;
      for (let n = row; n < row + count && free; n++) free = this.isFree(n, stretch) && also(n);
      if (free) return row;
    }
    return null;
  }

  /** @param {number} row @param {number} count @param {Stretch} stretch @param {T} by */
  take(row, count, [from, to], by) {
    for (const one of this.taken.slice(row, row + count)) one.push({ from, to, by });
  }

  /**
   * Free a stretch.
   * @param {number} row
   * @param {number} count
   * @param {Stretch} stretch
   * @returns {T[]} what had taken part of it
   */
  clear(row, count, [from, to]) {
    const lost = new Set();
    for (const one of this.taken.slice(row, row + count)) {
      for (const { by, ...other } of one) if (other.from < to && from < other.to) lost.add(by);
    }
    this.taken = this.taken.map((one) => one.filter(({ by }) => !lost.has(by)));
    return [...lost];
  }
}
