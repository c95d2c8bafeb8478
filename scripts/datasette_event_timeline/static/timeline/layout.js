/** Assigns each mark to a row of its lane, and decides which marks have titles beside them. */

import { eventsByLane } from "./lanes.js";
import { markOf } from "./marks.js";
import { Rows } from "./rows.js";
import { density } from "./scale.js";

/**
 * @import { Event, Lane } from "./data.js"
 * @import { Mark } from "./marks.js"
 * @import { Scale } from "./scale.js"
 */

export const ROW = 20;
export const LABEL_GAP = 6;
/** A title narrower than this is too short to be useful. */
export const SHORTEST = 90;
/** This many of the most important events in view always have that much of their title; fewer on a narrow screen. */
const FIRM = 12;
const BETWEEN = 6;
const LANE_PADDING = 3.5;
/** No lane is given more rows than this. */
const MOST_ROWS = 30;
/** The layout stays the same until the zoom has changed by this factor. */
const STEP = 1.35;

/**
 * @typedef {object} Placed
 * @property {Mark} mark
 * @property {number} row
 * @property {number} rows number of rows, more than one for a large disc
 * @property {boolean} titled whether its title fits beside it
 * @property {boolean} firm whether at least the beginning of its title has a reserved space
 * @property {number} y the middle of its row or rows, from the top of the first lane
 */

/**
 * @typedef {object} LaidLane
 * @property {Lane} lane
 * @property {Placed[]} placed the most important first
 * @property {number} top
 * @property {number} height
 */

/** @typedef {(text: string) => number} WidthOf the width of a title in pixels */
/** @typedef {Map<Event, number>} Firm the least width for the titles of the most important events */
/** @typedef {{ scale: Scale, widthOf: WidthOf, most: number, firm: Firm, counted?: boolean }} Sheet */
/** @typedef {{ forTitles: number, forMarks: number }} Room pixels that all lanes may take at most */
/** @typedef {{ head: number, bars: number }} Margins pixels of a lane above and below its rows */

/**
 * Divide the height among the lanes. Each lane first gets enough for its largest mark. Then, unless
 * bars count the other events, it gets enough that no marks overlap. The rest is for titles.
 *
 * @param {Event[]} events the most important first
 * @param {Lane[]} lanes
 * @param {Scale} scale
 * @param {WidthOf} widthOf
 * @param {Room} room
 * @param {Margins} margins
 * @returns {number[]} the height of each lane
 */
export function shareHeight(events, lanes, scale, widthOf, { forTitles, forMarks }, margins) {
  const all = [...eventsByLane(events, lanes).values()];
  const needed = (width, firm) => all.map((own) => pack(own, { scale, widthOf: width, most: MOST_ROWS, firm }).rows);
  const rows = all.map((own) => Math.max(1, ...own.map(rowsOf)));
  const height = (/** @type {number} */ count) => count * ROW + marginOf(margins);
  const taken = rows.reduce((sum, count) => sum + height(count), 0);
  const given = margins.bars ? 0 : giveRows(rows, needed(noWidth, new Map()), forMarks - taken);
  giveRows(rows, needed(widthOf, firmOf(events, scale, widthOf)), forTitles - taken - given);
  return rows.map(height);
}

/**
 * Give rows one by one, each to the lane that has the smallest share of the rows it wants.
 * @param {number[]} rows of each lane; increased in place
 * @param {number[]} wanted
 * @param {number} room in pixels
 * @returns {number} pixels used
 */
function giveRows(rows, wanted, room) {
  let given = 0;
  for (; given + ROW <= room; given += ROW) {
    const lacking = rows.map((count, n) => (count < wanted[n] ? wanted[n] / count : 0));
    const most = Math.max(...lacking);
    if (!most) break;
    rows[lacking.indexOf(most)] += 1;
  }
  return given;
}

/** @param {Margins} margins @returns {number} height of a lane without its rows, in pixels */
function marginOf({ head, bars }) {
  return head + 2 * LANE_PADDING + bars;
}

/**
 * Lay out events in lanes. The most important events get their rows and titles first.
 *
 * @param {Event[]} events the most important first
 * @param {Lane[]} lanes
 * @param {number[]} heights of the lanes
 * @param {Scale} scale
 * @param {WidthOf} widthOf
 * @param {Margins} margins
 * @param {Set<Event>} [inView] events that have priority over all others; all events by default
 * @returns {LaidLane[]}
 */
export function layOut(events, lanes, heights, scale, widthOf, margins, inView = new Set(events)) {
  const byLane = eventsByLane(events, lanes);
  const firm = firmOf(events.filter((event) => inView.has(event)), scale, widthOf);
  let top = 0;
  return lanes.map((lane, n) => {
    const most = Math.max(1, Math.floor((heights[n] - marginOf(margins)) / ROW));
    const own = Map.groupBy(byLane.get(lane.value), (event) => inView.has(event));
    const [near, far] = [true, false].map((is) => own.get(is) ?? []);
    const { placed } = pack(near, { scale, widthOf, most, firm, counted: margins.bars > 0 }, far);
    for (const item of placed) item.y = top + margins.head + LANE_PADDING + (item.row + item.rows / 2) * ROW;
    const laid = { lane, placed, top, height: heights[n] };
    top += heights[n];
    return laid;
  });
}

/** @param {Event[]} events @param {Scale} scale @param {WidthOf} widthOf @returns {Firm} */
function firmOf(events, { left, right }, widthOf) {
  const most = Math.min(FIRM, Math.floor((right - left) / SHORTEST));
  return new Map(events.slice(0, most).map((event) => [event, Math.min(SHORTEST, widthOf(event.title))]));
}

/** The width of an absent title: it cancels the gap beside the mark. */
const noWidth = () => -LABEL_GAP;

/** @param {Event} event @returns {number} number of rows for its sign */
function rowsOf({ radius }) {
  return Math.max(1, Math.ceil((2 * radius) / ROW));
}

/**
 * Place the most important events and their titles first. Where there is no other room, a less
 * important event takes the place of a title, unless bars count it.
 *
 * @param {Event[]} events
 * @param {Sheet} sheet
 * @param {Event[]} [far] events out of view, which use the remaining room
 * @returns {{ placed: Placed[], rows: number }} the marks, and the number of rows that they use
 */
function pack(events, sheet, far = []) {
  const [marks, others] = [events, far].map((all) => all.map((event) => markOf(event, sheet.scale)).filter(Boolean));
  const { most } = sheet;
  let found = place(marks, others, sheet, most);
  // If the titles do not all fit, reserve the last rows for marks without titles.
  if (found.lost) found = place(marks, others, sheet, most - Math.floor(Math.min(6, most) / 3));
  const { placed } = found;
  return { placed, rows: Math.max(0, ...placed.map(({ row, rows }) => row + rows)) };
}

/**
 * @param {Mark[]} marks
 * @param {Mark[]} others marks that must not take room from the first ones
 * @param {Sheet} sheet
 * @param {number} titledRows number of rows in which titles are allowed
 * @returns {{ placed: Placed[], lost: boolean }} the marks, and whether one has taken the place of a title
 */
function place(marks, others, { widthOf, most, firm, counted }, titledRows) {
  /** @type {Rows<Placed>} */
  const taken = new Rows(most);
  /** @type {Rows<Placed>} */
  const titles = new Rows(most);
  /** @type {Rows<Placed>} */
  const bareMarks = new Rows(most);
  const placed = [];
  let lost = false;
  for (const [n, mark] of [...marks, ...others].entries()) {
    const rows = Math.min(most, rowsOf(mark.event));
    const [bare, titled] = stretchesOf(mark, widthOf);
    const isFirm = firm.has(mark.event);
    const least = isFirm ? stretchesOf(mark, () => firm.get(mark.event))[1] : bare;
    const isFree = (stretch, ...of) => (/** @type {number} */ row, /** @type {number} */ first) =>
      of.every((one) => one.isFree(row, holdsTitle(row - first, rows) ? stretch : bare));
    const withTitle = taken.firstFree(rows, bare, Math.max(rows, titledRows), isFree(titled, taken, titles));
    const row =
      withTitle ??
      taken.firstFree(rows, bare, most, isFree(least, taken, titles)) ??
      (counted || n >= marks.length ? null : taken.firstFree(rows, bare, most, isFree(least, taken))) ??
      (counted ? null : bareMarks.firstFree(rows, bare, most, () => true) ?? taken.leastTaken(rows, bare));
    if (row === null) continue;
    const item = { mark, row, rows, titled: withTitle !== null, firm: isFirm, y: 0 };
    for (const other of n < marks.length ? titles.clear(row, rows, bare) : []) {
      other.titled = false;
      lost = true;
    }
    for (let own = 0; own < rows; own++) {
      const isTitles = holdsTitle(own, rows);
      taken.take(row + own, isTitles ? least : bare, item);
      bareMarks.take(row + own, bare, item);
      if (isTitles && item.titled) titles.take(row + own, titled, item);
    }
    placed.push(item);
  }
  giveTitles(placed, taken, titles, widthOf);
  return { placed, lost };
}

/** @param {number} row @param {number} rows of a sign @returns {boolean} whether its title is in this row */
function holdsTitle(row, rows) {
  return Math.abs(row - (rows - 1) / 2) < 1;
}

/** @param {Mark} mark @param {WidthOf} widthOf @returns {[number, number][]} its stretch without and with its title */
function stretchesOf({ x0, x1, event }, widthOf) {
  const from = x0 - BETWEEN / 2;
  return [[from, x1 + BETWEEN / 2], [from, x1 + LABEL_GAP + widthOf(event.title) + BETWEEN]];
}

/**
 * Use the remaining room for titles, those of the most important events first.
 * @param {Placed[]} placed
 * @param {Rows<Placed>} marks
 * @param {Rows<Placed>} titles
 * @param {WidthOf} widthOf
 */
function giveTitles(placed, marks, titles, widthOf) {
  for (const item of placed.filter(({ titled, firm }) => !titled && !firm)) {
    const [[, from], [, to]] = stretchesOf(item.mark, widthOf);
    const own = Array.from({ length: item.rows }, (_, n) => n).filter((n) => holdsTitle(n, item.rows));
    const rows = own.map((n) => item.row + n);
    item.titled = rows.every((row) => [marks, titles].every((one) => one.isFree(row, [from, to])));
    if (item.titled) for (const row of rows) titles.take(row, [from, to], item);
  }
}

/**
 * The scale for a layout. Its first day is fixed, so rows do not change when the view is moved, and
 * its zoom changes in steps, so rows seldom change when the view is zoomed.
 *
 * @param {Scale} scale
 * @returns {Scale} a scale with the same density or less
 */
export function layoutScale(scale) {
  const days = STEP ** Math.ceil(Math.log(1 / density(scale)) / Math.log(STEP));
  return { ...scale, first: 0, last: (scale.right - scale.left) * days };
}
