/** Calculates the shape of an event on a scale: its certain, possible and open parts. */

import { density, toX } from "./scale.js";

/**
 * @import { Event, Stretch } from "./data.js"
 * @import { Scale } from "./scale.js"
 */

/** The radius of an event without a size: a glyph, so that it does not look like the smallest disc. */
export const GLYPH_RADIUS = 4.5;
/** The radius of the largest disc. Its event has the largest size in the drawing, or LARGEST_USUAL if that is more. */
const LARGEST_RADIUS = 26;
const LARGEST_USUAL = 2000;
/** Smaller sizes are drawn as this one, because their discs would be invisible. */
export const FEWEST_SHOWN = 30;
const NARROWEST_PIECE = 2;
/** The corners and the outline of a sign extend this far beyond its radius. */
const RIM = 2;

/**
 * @typedef {object} Piece a bar, in which an event is possibly under way
 * @property {number} x0 its left end; -Infinity if open
 * @property {number} x1 its right end; Infinity if open
 * @property {[number, number][]} cores its parts in which the event is certainly under way
 */

/**
 * @typedef {object} Mark
 * @property {Event} event
 * @property {Piece[]} pieces bars, in order of time; none if the sign covers them
 * @property {number} x0 the left end of the mark, for every position of the sign
 * @property {number} x1 the right end
 * @property {number} at the middle of the sign, a disc or a glyph
 * @property {number} radius of the sign
 * @property {boolean} sized whether the sign is a disc, whose area is the event's size
 * @property {boolean} unfilled whether no day of its date is certain
 */

/** @param {Event} event @param {Scale} scale @returns {Mark | null} null if the event's date cannot be drawn */
export function markOf(event, scale) {
  if (!event.stretches.length) return null;
  const { radius, sized, uncertain } = event;
  const pieces = piecesOf(event.stretches, scale);
  const start = Math.min(...pieces.map((piece) => piece.x0));
  const end = Math.max(...pieces.map((piece) => piece.x1));
  if (end - start > 2 * radius) {
    const piece = pieces.find(({ x1 }) => x1 > scale.left) ?? pieces[0];
    const unfilled = uncertain || !piece.cores.length;
    const at = signPlace(piece, radius, scale);
    // The sign may extend beyond the first or the last bar. A bar open at both ends has no middle.
    const [first, last] = [pieces[0], pieces.at(-1)].map(({ x0, x1 }) => (x0 + x1) / 2 || 0);
    const [x0, x1] = [Math.min(start, first - radius), Math.max(end, last + radius)];
    return { event, pieces, x0, x1, at, radius, sized, unfilled };
  }
  const at = (start + end) / 2;
  return { event, pieces: [], x0: at - radius, x1: at + radius, at, radius, sized, unfilled: uncertain };
}

/**
 * @param {Piece} piece the first that is in view
 * @param {number} radius
 * @param {Scale} scale
 * @returns {number} the position of the sign on a bar: in the middle of the first certain part, at an
 *   end if nothing is certain, or as close to that as the view allows
 */
function signPlace({ x0, x1, cores: [core] }, radius, scale) {
  const wanted = core ? (core[0] + core[1]) / 2 : Number.isFinite(x0) ? x0 : x1;
  const inView = Math.min(Math.max(wanted, scale.left + radius + RIM), scale.right - radius - RIM);
  if (x1 - x0 <= 2 * radius) return (x0 + x1) / 2;
  return Math.min(Math.max(inView, x0 + radius), x1 - radius);
}

/**
 * @param {number | null} size
 * @param {number} largest the largest size in the drawing
 * @returns {number} pixels; the area of the disc is proportional to the size
 */
export function discRadius(size, largest) {
  const shown = Math.max(FEWEST_SHOWN, size ?? 0);
  return LARGEST_RADIUS * Math.sqrt(shown / Math.max(LARGEST_USUAL, largest));
}

/**
 * Set the sign of each event: a disc for its size, or a glyph if it has no size.
 * @param {Event[]} events
 * @param {number} largest
 */
export function setSigns(events, largest) {
  for (const event of events) {
    event.sized = event.size !== null && event.size > 0;
    event.radius = event.sized ? Math.max(3, discRadius(event.size, largest)) : GLYPH_RADIUS;
  }
}

/** @param {Stretch[]} stretches the possible ones first @param {Scale} scale @returns {Piece[]} */
function piecesOf(stretches, scale) {
  const narrowest = Math.min(NARROWEST_PIECE, density(scale));
  /** @type {Piece[]} */
  const pieces = [];
  for (const [first, last, certain] of stretches) {
    // A day lasts until the next day begins.
    const x0 = first === null ? -Infinity : toX(scale, first);
    const x1 = last === null ? Infinity : toX(scale, last + 1);
    if (certain) pieces.find((piece) => piece.x0 <= x0 && x0 < piece.x1)?.cores.push([x0, x1]);
    else pieces.push({ x0, x1: Math.max(x1, x0 + narrowest), cores: [] });
  }
  return pieces;
}
