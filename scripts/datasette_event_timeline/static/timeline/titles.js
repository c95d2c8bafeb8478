/** Places titles beside the marks in view, so that none covers a mark or another title or crosses the edge. */

import { LABEL_GAP, ROW, SHORTEST } from "./layout.js";
import { BAR_HEIGHT } from "./mark-painting.js";

/**
 * @import { Event } from "./data.js"
 * @import { InView } from "./drawing.js"
 * @import { Scale } from "./scale.js"
 */

/** Half the height of a line of text. */
const HALF_LINE = 7;
/** The least space around a title. */
const APART = 4;
/** For a title that must be shown, these shares of its width are tried in turn. */
const SHARES = [1, 0.8, 0.6, 0.45, 0];

/**
 * @typedef {object} Title
 * @property {Event} event
 * @property {number} x its left end
 * @property {number} y its middle
 * @property {number} room its maximum width in pixels
 * @property {boolean} onBar whether it is on its own mark
 */

/** @typedef {[number, number, number, number]} Box left, top, right and bottom */

/**
 * @param {InView[]} placed the marks in view, the most important first
 * @param {(text: string) => number} widthOf
 * @param {Scale} scale
 * @param {string | null} pointed the ID of the event under the pointer, whose title is always shown
 * @returns {Title[]}
 */
export function placeTitles(placed, widthOf, scale, pointed) {
  const taken = new Boxes();
  for (const one of placed) taken.add(one.mark.event, boxOf(one));
  const titles = [];
  for (const one of placed) {
    const { event } = one.mark;
    const isPointed = event.id === pointed;
    if (!one.titled && !one.firm && !isPointed) continue;
    const wide = widthOf(event.title);
    const places = placesOf(one, wide, scale);
    const place = places.find((here) => isPointed || taken.isFree(event, boxOfTitle(here, wide)));
    if (!place) continue;
    taken.add(event, boxOfTitle(place, wide));
    titles.push({ event, ...place });
  }
  return titles;
}

/** Boxes that are taken, by bands as high as a row: only boxes in the same band can overlap. */
class Boxes {
  constructor() {
    /** @type {Map<number, { event: Event, box: Box }[]>} */
    this.bands = new Map();
  }

  /** @param {Event} event that the mark or title belongs to @param {Box} box */
  add(event, box) {
    for (const band of bandsOf(box)) {
      if (!this.bands.has(band)) this.bands.set(band, []);
      this.bands.get(band).push({ event, box });
    }
  }

  /** @param {Event} event whose own mark is ignored @param {Box} box @returns {boolean} */
  isFree(event, box) {
    const [x0, y0, x1, y1] = box;
    return !bandsOf(box).some((band) => this.bands.get(band)?.some(({ event: other, box: [left, top, right, bottom] }) =>
      other !== event && left < x1 && x0 < right && top < y1 && y0 < bottom));
  }
}

/** @param {Box} box @returns {number[]} the bands that it touches */
function bandsOf([, top, , bottom]) {
  const first = Math.floor(top / ROW);
  return Array.from({ length: Math.floor(bottom / ROW) - first + 1 }, (_, n) => first + n);
}

/** @param {InView} placed @returns {Box} */
function boxOf({ mark, y }) {
  const half = Math.max(mark.radius, BAR_HEIGHT / 2) + 1;
  return [mark.x0, y - half, mark.x1, y + half];
}

/** @param {{ x: number, y: number, room: number }} place @param {number} wide @returns {Box} */
function boxOfTitle({ x, y, room }, wide) {
  return [x - APART, y - HALF_LINE, x + Math.min(wide, room) + APART, y + HALF_LINE];
}

/**
 * Find the possible places of a title: after its mark, or else before it. On a bar that fills the
 * view it is on the side of the sign with more room. A firm title may be shortened to fit.
 * @param {InView} placed @param {number} wide the width of the whole title @param {Scale} scale
 * @returns {Omit<Title, "event">[]} the best first
 */
function placesOf({ mark, y, firm }, wide, { left, right }) {
  const shortest = Math.min(wide, SHORTEST);
  const [after, end] = [mark.x1 + LABEL_GAP, mark.x0 - LABEL_GAP];
  const places = (firm ? SHARES : [1]).flatMap((share) => {
    const most = Math.max(shortest, share * wide);
    const before = Math.max(left, end - most);
    return [[after, Math.min(most, right - after)], [before, end - before]];
  }).filter(([, room]) => room >= shortest).map(([x, room]) => ({ x, y, room, onBar: false }));
  if (places.length || !mark.pieces.length) return places;
  const sides = [
    [Math.max(left, mark.x0), mark.at - mark.radius],
    [mark.at + mark.radius, Math.min(right, mark.x1)],
  ].map(([from, to]) => ({ x: from + LABEL_GAP, y, room: to - from - 2 * LABEL_GAP, onBar: true }));
  const best = sides[0].room > sides[1].room ? sides[0] : sides[1];
  return best.room >= shortest ? [best] : [];
}

/**
 * @param {string} text
 * @param {number} most pixels
 * @param {(text: string) => number} widthOf
 * @returns {string} the text, or as much of its beginning as fits
 */
export function shortened(text, most, widthOf) {
  if (widthOf(text) <= most) return text;
  const characters = [...text];
  let [fits, tooLong] = [0, characters.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (widthOf(cut(characters, middle)) <= most) fits = middle;
    else tooLong = middle;
  }
  return cut(characters, fits);
}

/** @param {string[]} characters @param {number} count */
function cut(characters, count) {
  return `${characters.slice(0, count).join("").trimEnd()}\u2026`;
}
