/** The shape of an event on a scale: where its certain, possible and open parts lie. */

import { density, toX } from "./scale.js";

/**
 * @import { Event } from "./data.js"
 * @import { Scale } from "./scale.js"
 */

/** A mark without a number of victims: a glyph, which is not the smallest disc. */
export const GLYPH_RADIUS = 4.5;
/** The radius of the largest event's disc, and of one of this many, unless more is drawn. */
const LARGEST_RADIUS = 26;
const LARGEST_USUAL = 2000;
/** Discs of fewer are drawn as large as of this many, or nobody would see them. */
export const FEWEST_SHOWN = 30;
const NARROWEST_PIECE = 2;
/** The corners and the outline of a sign reach so far beyond its radius. */
const RIM = 2;

/**
 * @typedef {object} Piece one span of a date
 * @property {number} x0 where it can have begun; minus infinity where that is open
 * @property {number} x1 where it can have ended; infinity where that is open
 * @property {number | null} core0 where it has certainly begun; null if nothing is certain
 * @property {number | null} core1
 */

/**
 * @typedef {object} Mark
 * @property {Event} event
 * @property {Piece[]} pieces bars, in order of time; none where the sign covers them
 * @property {number} x0 the left end of all that is drawn, wherever the sign stands
 * @property {number} x1 the right end
 * @property {number} at the middle of the sign, a disc or a glyph
 * @property {number} radius of the sign
 * @property {boolean} sized whether the sign is a disc, whose area is a number of victims
 * @property {boolean} hollow whether no day under it is certain
 */

/** @param {Event} event @param {Scale} scale @returns {Mark | null} null if the event has no date that can be drawn */
export function markOf(event, scale) {
  if (!event.spans.length) return null;
  const { radius, sized, uncertain } = event;
  const pieces = event.spans.map((span) => pieceOf(span, event, scale));
  const start = Math.min(...pieces.map((piece) => piece.x0));
  const end = Math.max(...pieces.map((piece) => piece.x1));
  if (end - start > 2 * radius) {
    const piece = pieces.find(({ x1 }) => x1 > scale.left) ?? pieces[0];
    const hollow = uncertain || piece.core0 === null;
    const at = signPlace(piece, radius, scale);
    // The sign may stand on the first or the last and reach beyond it. Open at both ends, one has no middle.
    const [first, last] = [pieces[0], pieces.at(-1)].map(({ x0, x1 }) => (x0 + x1) / 2 || 0);
    const [x0, x1] = [Math.min(start, first - radius), Math.max(end, last + radius)];
    return { event, pieces, x0, x1, at, radius, sized, hollow };
  }
  const at = (start + end) / 2;
  return { event, pieces: [], x0: at - radius, x1: at + radius, at, radius, sized, hollow: uncertain };
}

/**
 * @param {Piece} piece the first that is in view
 * @param {number} radius
 * @param {Scale} scale
 * @returns {number} where the sign stands on a bar: in the middle of what is certain, at an end if
 *   nothing is, or as near to it as is in view
 */
function signPlace({ x0, x1, core0, core1 }, radius, scale) {
  const wanted = core0 !== null ? (core0 + core1) / 2 : Number.isFinite(x0) ? x0 : x1;
  const inView = Math.min(Math.max(wanted, scale.left + radius + RIM), scale.right - radius - RIM);
  if (x1 - x0 <= 2 * radius) return (x0 + x1) / 2;
  return Math.min(Math.max(inView, x0 + radius), x1 - radius);
}

/**
 * @param {number | null} size
 * @param {number} largest the largest size there is
 * @returns {number} pixels: areas are what is compared, so the root counts
 */
export function discRadius(size, largest) {
  const shown = Math.max(FEWEST_SHOWN, size ?? 0);
  return LARGEST_RADIUS * Math.sqrt(shown / Math.max(LARGEST_USUAL, largest));
}

/**
 * Set the sign of each event: a disc of its size, or a glyph if it has none.
 * @param {Event[]} events
 * @param {number} largest
 */
export function setSigns(events, largest) {
  for (const event of events) {
    event.sized = event.size !== null && event.size > 0;
    event.radius = event.sized ? Math.max(3, discRadius(event.size, largest)) : GLYPH_RADIUS;
  }
}

/**
 * @param {(number | null)[]} span earliest start, latest start, earliest end, latest end
 * @param {Event} event
 * @param {Scale} scale
 * @returns {Piece}
 */
function pieceOf([earliestStart, latestStart, earliestEnd, latestEnd], event, scale) {
  // A day lasts until the next begins.
  const x0 = earliestStart === null ? -Infinity : toX(scale, earliestStart);
  const x1 = latestEnd === null ? Infinity : toX(scale, latestEnd + 1);
  const sure =
    !event.marked && !event.isChoice && latestStart !== null && earliestEnd !== null && latestStart <= earliestEnd;
  return {
    x0,
    x1: Math.max(x1, x0 + Math.min(NARROWEST_PIECE, density(scale))),
    core0: sure ? toX(scale, latestStart) : null,
    core1: sure ? toX(scale, earliestEnd + 1) : null,
  };
}
