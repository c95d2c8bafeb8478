/** The rows of one lane, with the stretches of each row that are taken. */

/** @typedef {[number, number]} Stretch from and to, in pixels */

/** The position of open ends in sums. */
const FAR = Number.MAX_SAFE_INTEGER;

/** @template T */
export class Rows {
  /** @param {number} count */
  constructor(count) {
    /** @type {{ from: number, to: number, by: T, parts: Stretch[] }[][]} in order; overlapping stretches are merged */
    this.taken = Array.from({ length: count }, () => []);
  }

  /** @param {number} row @param {Stretch} stretch @returns {boolean} */
  isFree(row, [from, to]) {
    const one = this.taken[row][this.after(row, from)];
    return !one || one.from >= to;
  }

  /** @param {number} row @param {number} from @returns {number} the index of the first stretch that ends after it */
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
   * @param {number} count number of adjacent rows needed
   * @param {Stretch} stretch
   * @param {number} last only the rows before this one are tried
   * @param {(row: number, first: number) => boolean} also a further condition on each of the rows
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

  /** @param {number} count @param {Stretch} stretch @returns {number} the first row of the place with least overlap */
  leastTaken(count, [from, to]) {
    const taken = this.taken.map((_, row) => {
      let sum = 0;
      for (const { parts } of this.within(row, [from, to])) {
        for (const part of parts) sum += Math.max(0, Math.min(part[1], to) - Math.max(part[0], from));
      }
      return sum;
    });
    const sums = taken.slice(count - 1).map((_, row) => taken.slice(row, row + count).reduce((a, b) => a + b));
    return sums.indexOf(Math.min(...sums));
  }

  /** @param {number} row @param {Stretch} stretch @returns {Rows<T>["taken"][0]} what is taken there */
  within(row, [from, to]) {
    const found = [];
    for (let n = this.after(row, from); this.taken[row][n]?.from < to; n++) found.push(this.taken[row][n]);
    return found;
  }

  /** @param {number} row @param {Stretch} stretch @param {T} by */
  take(row, [from, to], by) {
    const there = this.within(row, [from, to]);
    const parts = there[0]?.parts ?? [];
    parts.push(...there.slice(1).flatMap((other) => other.parts), [Math.max(from, -FAR), Math.min(to, FAR)]);
    const one = {
      from: Math.min(from, there[0]?.from ?? from),
      to: Math.max(to, there.at(-1)?.to ?? to),
      by,
      parts,
    };
    this.taken[row].splice(this.after(row, from), there.length, one);
  }

  /**
   * Free a stretch.
   * @param {number} row
   * @param {number} count
   * @param {Stretch} stretch
   * @returns {T[]} the items that had taken a part of it
   */
  clear(row, count, stretch) {
    const lost = new Set(this.taken.slice(row, row + count).flatMap((_, n) => this.within(row + n, stretch).map(({ by }) => by)));
    if (lost.size) this.taken = this.taken.map((one) => one.filter(({ by }) => !lost.has(by)));
    return [...lost];
  }
}
