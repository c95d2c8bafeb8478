/** The rows of one lane: which stretches of each are taken, and by what. */

/** @typedef {[number, number]} Stretch from and to, in pixels */

/** @template T */
export class Rows {
  /** @param {number} count */
  constructor(count) {
    /** @type {{ from: number, to: number, by: T }[][]} in order, none of a row on another */
    this.taken = Array.from({ length: count }, () => []);
  }

  /** @param {number} row @param {Stretch} stretch @returns {boolean} */
  isFree(row, [from, to]) {
    const one = this.taken[row][this.after(row, from)];
    return !one || one.from >= to;
  }

  /** @param {number} row @param {number} from @returns {number} the place of the first that ends after it */
  after(row, from) {
    const all = this.taken[row];
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].to > from) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * @param {number} count how many rows are needed, one below the other
   * @param {Stretch} stretch
   * @param {number} last the rows before it are tried
   * @param {(row: number, first: number) => boolean} also what must hold for each of them too
   * @returns {number | null} the first row of the highest place with room
   */
  firstFree(count, stretch, last, also) {
    for (let row = 0; row + count <= Math.min(last, this.taken.length); row++) {
      let free = true;
      for (let n = row; n < row + count && free; n++) free = this.isFree(n, stretch) && also(n, row);
      if (free) return row;
    }
    return null;
  }

  /** @param {number} count @param {Stretch} stretch @returns {number} the first row of where least is taken */
  leastTaken(count, stretch) {
    const taken = this.taken.map((_, row) => this.within(row, stretch).reduce(
      (sum, { from, to }) => sum + Math.min(to, stretch[1]) - Math.max(from, stretch[0]), 0));
    let [best, least] = [0, Infinity];
    for (let row = 0; row + count <= taken.length; row++) {
      const sum = taken.slice(row, row + count).reduce((a, b) => a + b);
      if (sum < least) [best, least] = [row, sum];
    }
    return best;
  }

  /** @param {number} row @param {Stretch} stretch @returns {{ from: number, to: number, by: T }[]} what is there */
  within(row, [from, to]) {
    const found = [];
    for (let n = this.after(row, from); this.taken[row][n]?.from < to; n++) found.push(this.taken[row][n]);
    return found;
  }

  /** @param {number} row @param {number} count @param {Stretch} stretch @param {T} by */
  take(row, count, [from, to], by) {
    for (let n = row; n < Math.min(row + count, this.taken.length); n++) {
      const there = this.within(n, [from, to]);
      const one = {
        from: Math.min(from, there[0]?.from ?? from),
        to: Math.max(to, there.at(-1)?.to ?? to),
        by,
      };
      this.taken[n].splice(this.after(n, from), there.length, one);
    }
  }

  /**
   * Free a stretch.
   * @param {number} row
   * @param {number} count
   * @param {Stretch} stretch
   * @returns {T[]} what had taken part of it
   */
  clear(row, count, stretch) {
    const lost = new Set(this.taken.slice(row, row + count).flatMap((_, n) => this.within(row + n, stretch).map(({ by }) => by)));
    if (lost.size) this.taken = this.taken.map((one) => one.filter(({ by }) => !lost.has(by)));
    return [...lost];
  }
}
