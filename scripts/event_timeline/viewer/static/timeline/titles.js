/** Where titles stand beside the marks in view: none on a mark, on another title or over the edge. */

import { BAR_HEIGHT } from "./inks.js";
import { LABEL_GAP } from "./layout.js";

/** Half the height of a line of text. */
const HALF_LINE = 7;
/** A title narrower than this says nothing. */
const SHORTEST = 90;

/**
 * @typedef {object} Title
 * @property {import("./data.js").Event} event
 * @property {number} x its left end
 * @property {number} y its middle
 * @property {number} room pixels that it must not exceed
 * @property {boolean} onBar whether it stands on its own mark
 */

/** @typedef {{ mark: import("./marks.js").Mark, y: number, titled: boolean }} Placed */
/** @typedef {[number, number, number, number]} Box left, top, right and bottom */

/**
 * @param {Placed[]} placed the marks in view, the weightiest first
 * @param {(text: string) => number} widthOf
 * @param {import("./scale.js").Scale} scale
 * @param {string | null} pointed the id of the event whose title stands whatever it lies on
 * @returns {Title[]}
 */
export function placeTitles(placed, widthOf, { left, right }, pointed) {
  const taken = placed.map(boxOf);
  const titles = [];
  for (const { mark, y, titled } of placed) {
    const isPointed = mark.event.id === pointed;
    if (!titled && !isPointed) continue;
    const wide = widthOf(mark.event.title);
    const place = placeOf(mark, y, wide, left, right);
    if (!place || !(isPointed || isFree(taken, boxOfTitle(place, wide), mark.event))) continue;
    taken.push({ event: mark.event, box: boxOfTitle(place, wide) });
    titles.push({ event: mark.event, ...place });
  }
  return titles;
}

/** @param {Placed} placed @returns {{ event: import("./data.js").Event, box: Box }} */
function boxOf({ mark, y }) {
  const half = Math.max(mark.radius, BAR_HEIGHT / 2) + 1;
  return { event: mark.event, box: [mark.x0, y - half, mark.x1, y + half] };
}

/** @param {{ x: number, y: number, room: number }} place @param {number} wide @returns {Box} */
function boxOfTitle({ x, y, room }, wide) {
  return [x, y - HALF_LINE, x + Math.min(wide, room), y + HALF_LINE];
}

/**
 * @param {{ event: import("./data.js").Event, box: Box }[]} taken
 * @param {Box} box
 * @param {import("./data.js").Event} event whose own mark does not count
 */
function isFree(taken, [x0, y0, x1, y1], event) {
  return !taken.some(
    ({ event: other, box: [left, top, right, bottom] }) =>
      other !== event && left < x1 && x0 < right && top < y1 && y0 < bottom,
  );
}

/**
 * Where a title may go: after its mark, else before it, else on a bar that fills the view,
 * on the side of its sign that has more room.
 * @param {import("./marks.js").Mark} mark
 * @param {number} y the middle of its row
 * @param {number} wide the title in full
 * @param {number} left
 * @param {number} right
 * @returns {Omit<Title, "event"> | null}
 */
export function placeOf(mark, y, wide, left, right) {
  if (mark.x0 > right || mark.x1 < left) return null;
  const shortest = Math.min(wide, SHORTEST);
  const after = mark.x1 + LABEL_GAP;
  if (right - after >= shortest) return { x: after, y, room: right - after, onBar: false };
  const before = Math.max(left, mark.x0 - LABEL_GAP - wide);
  const room = mark.x0 - LABEL_GAP - before;
  if (room >= shortest) return { x: before, y, room, onBar: false };
  if (!mark.pieces.length) return null;
  const sides = [
    [Math.max(left, mark.x0), mark.at - mark.radius],
    [mark.at + mark.radius, Math.min(right, mark.x1)],
  ].map(([from, to]) => ({ x: from + LABEL_GAP, y, room: to - from - 2 * LABEL_GAP, onBar: true }));
  const best = sides[0].room > sides[1].room ? sides[0] : sides[1];
  return best.room >= shortest ? best : null;
}

/**
 * @param {string} text
 * @param {number} most pixels
 * @param {(text: string) => number} widthOf
 * @returns {string} the text, or as much of its beginning as there is room for
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
