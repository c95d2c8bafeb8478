/** Which row of its lane each mark stands in, and which have titles beside them. */

import { shareOut } from "./lanes.js";
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
/** A title narrower than this says nothing. */
export const SHORTEST = 90;
/** So many of the weightiest in view keep that much, on a narrow screen fewer. */
const FIRM = 12;
const BETWEEN = 6;
const LANE_PADDING = 3.5;
/** A lane that could use more rows than this gets no more. */
const MOST_ROWS = 30;
/** A layout holds until the zoom has changed by this factor. */
const STEP = 1.35;

/**
 * @typedef {object} Placed
 * @property {Mark} mark
 * @property {number} row
 * @property {number} rows how many rows a large disc takes
 * @property {boolean} titled whether its title has room beside it
 * @property {boolean} firm whether at least the beginning of its title has
 * @property {number} y the middle of its row or rows, from the top of all lanes
 */

/**
 * @typedef {object} LaidLane
 * @property {Lane} lane
 * @property {Placed[]} placed the weightiest first
 * @property {number} top
 * @property {number} height
 */

/** @typedef {(text: string) => number} WidthOf the width of a title in pixels */
/** @typedef {Map<Event, number>} Firm the least that the titles of the weightiest need */
/** @typedef {{ scale: Scale, widthOf: WidthOf, most: number, firm: Firm, counted?: boolean }} Sheet */
/** @typedef {{ forTitles: number, forMarks: number }} Room pixels that all lanes may take at most */
/** @typedef {{ head: number, bars: number }} Margins pixels of a lane above and below its rows */

/**
 * Share a height among lanes: each gets what its largest mark needs, then what its marks need
 * so that none lies on another, unless bars count the rest, then what their titles need.
 *
 * @param {Event[]} events the weightiest first
 * @param {Lane[]} lanes
 * @param {Scale} scale
 * @param {WidthOf} widthOf
 * @param {Room} room
 * @param {Margins} margins
 * @returns {number[]} the height of each lane
 */
export function shareHeight(events, lanes, scale, widthOf, { forTitles, forMarks }, margins) {
  const all = [...shareOut(events, lanes).values()];
  /** @param {WidthOf} width @param {Firm} firm */
  const needed = (width, firm) => all.map((own) => pack(own, { scale, widthOf: width, most: MOST_ROWS, firm }).rows);
  const rows = all.map((own) => Math.max(1, ...own.map(rowsOf)));
  const height = (/** @type {number} */ count) => count * ROW + marginOf(margins);
  const taken = rows.reduce((sum, count) => sum + height(count), 0);
  const given = margins.bars ? 0 : giveRows(rows, needed(noWidth, new Map()), forMarks - taken);
  giveRows(rows, needed(widthOf, firmOf(events, scale, widthOf)), forTitles - taken - given);
  return rows.map(height);
}

/**
 * Give rows one by one to whichever lane has least of what it could use.
 * @param {number[]} rows of each lane, which grow
 * @param {number[]} wanted
 * @param {number} room pixels
 * @returns {number} pixels given
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

/** @param {Margins} margins @returns {number} pixels of a lane that are not rows */
function marginOf({ head, bars }) {
  return head + 2 * LANE_PADDING + bars;
}

/**
 * Lay out events in lanes. The weightier an event, the sooner it gets a row, and its title.
 *
 * @param {Event[]} events the weightiest first
 * @param {Lane[]} lanes
 * @param {number[]} heights of the lanes
 * @param {Scale} scale
 * @param {WidthOf} widthOf
 * @param {Margins} margins
 * @param {Set<Event>} [inView] those that others must not push aside; all if left out
 * @returns {LaidLane[]}
 */
export function layOut(events, lanes, heights, scale, widthOf, margins, inView = new Set(events)) {
  const byLane = shareOut(events, lanes);
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

/** The width of a title that is not written. */
const noWidth = () => -LABEL_GAP;

/** @param {Event} event @returns {number} how many rows its sign takes */
function rowsOf({ radius }) {
  return Math.max(1, Math.ceil((2 * radius) / ROW));
}

/**
 * The weightier an event, the sooner it gets its place and its title. A lighter one takes the
 * room of a title rather than none at all, unless there are bars that count it.
 *
 * @param {Event[]} events
 * @param {Sheet} sheet
 * @param {Event[]} [far] out of view, which take what room is left
 * @returns {{ placed: Placed[], rows: number }} the marks, and how many rows they take
 */
function pack(events, sheet, far = []) {
  const [marks, others] = [events, far].map((all) => all.map((event) => markOf(event, sheet.scale)).filter(Boolean));
  const { most } = sheet;
  let found = place(marks, others, sheet, most);
  // Where there is not room for all titles, the last rows are kept for marks without one.
  if (found.lost) found = place(marks, others, sheet, most - Math.floor(Math.min(6, most) / 3));
  const { placed } = found;
  return { placed, rows: Math.max(0, ...placed.map(({ row, rows }) => row + rows)) };
}

/**
 * @param {Mark[]} marks
 * @param {Mark[]} others that take no room from them
 * @param {Sheet} sheet
 * @param {number} titledRows those that titles may stand in
 * @returns {{ placed: Placed[], lost: boolean }} the marks, and whether one took a title's room
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
    /** @param {typeof bare} stretch @param {Rows<Placed>[]} of */
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

/** @param {number} row @param {number} rows of a sign @returns {boolean} whether its title is in this one */
function holdsTitle(row, rows) {
  return Math.abs(row - (rows - 1) / 2) < 1;
}

/** @param {Mark} mark @param {WidthOf} widthOf @returns {[number, number][]} what it takes without and with its title */
function stretchesOf({ x0, x1, event }, widthOf) {
  const from = x0 - BETWEEN / 2;
  return [[from, x1 + BETWEEN / 2], [from, x1 + LABEL_GAP + widthOf(event.title) + BETWEEN]];
}

/**
 * Give the room that is left to titles, the weightiest first.
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
 * The scale that a layout is made for: its days stand where they stand whatever is in view,
 * so that rows hold while time is moved, and its zoom is stepped, so that they hold a while.
 *
 * @param {Scale} scale
 * @returns {Scale} one whose density is at most that of the scale
 */
export function layoutScale(scale) {
  const days = STEP ** Math.ceil(Math.log(1 / density(scale)) / Math.log(STEP));
  return { ...scale, first: 0, last: (scale.right - scale.left) * days };
}
