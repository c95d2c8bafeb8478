/** Which row of its lane each mark stands in, and which marks have their title beside them. */

import { markOf } from "./marks.js";
import { Rows } from "./rows.js";
import { density } from "./scale.js";

export const ROW = 20;
export const LABEL_GAP = 6;
const BETWEEN = 6;
const LANE_PADDING = 3.5;
/** A lane that could use more rows than this gets no more. */
const MOST_ROWS = 30;
/** A layout holds until the zoom has changed by this factor. */
const STEP = 1.35;

/**
 * @typedef {object} Placed
 * @property {import("./marks.js").Mark} mark
 * @property {number} row
 * @property {number} rows how many rows a large disc takes
 * @property {boolean} titled whether its title has room beside it
 * @property {number} y the middle of its row or rows, from the top of all lanes
 */

/**
 * @typedef {object} Lane
 * @property {import("./data.js").Lane} lane
 * @property {Placed[]} placed the weightiest first
 * @property {number} top
 * @property {number} height
 */

/** @typedef {(text: string) => number} WidthOf the width of a title in pixels */

/**
 * Share a height among lanes: each gets what its marks need so that none lies on another,
 * or what the largest needs where bars count the rest. Then rows go to whichever lane has
 * least of what it could use, for titles.
 *
 * @param {import("./data.js").Event[]} events the weightiest first
 * @param {import("./data.js").Lane[]} lanes
 * @param {import("./scale.js").Scale} scale
 * @param {WidthOf} widthOf
 * @param {number} room pixels for all lanes
 * @param {number} barsHeight what each lane needs for its bars, if it has any
 * @returns {number[]} the height of each lane
 */
export function shareHeight(events, lanes, scale, widthOf, room, barsHeight) {
  const byLane = shareOut(events, lanes);
  const wanted = lanes.map(({ value }) => pack(byLane.get(value), scale, widthOf, MOST_ROWS).rows);
  const least = (all) =>
    barsHeight ? Math.max(1, ...all.map(rowsOf)) : Math.max(1, pack(all, scale, noWidth, MOST_ROWS).rows);
  const rows = lanes.map(({ value }) => least(byLane.get(value)));
  const height = (count) => count * ROW + 2 * LANE_PADDING + barsHeight;
  let left = room - rows.reduce((sum, count) => sum + height(count), 0);
  for (; left >= ROW; left -= ROW) {
    const lacking = rows.map((count, n) => (count < wanted[n] ? wanted[n] / count : 0));
    const most = Math.max(...lacking);
    if (!most) break;
    rows[lacking.indexOf(most)] += 1;
  }
  return rows.map(height);
}

/**
 * Lay out events in lanes. The weightier an event, the sooner it gets a row, and its title.
 *
 * @param {import("./data.js").Event[]} events the weightiest first
 * @param {import("./data.js").Lane[]} lanes
 * @param {number[]} heights of the lanes
 * @param {import("./scale.js").Scale} scale
 * @param {WidthOf} widthOf
 * @param {number} barsHeight what each lane keeps free for its bars
 * @returns {Lane[]}
 */
export function layOut(events, lanes, heights, scale, widthOf, barsHeight) {
  const byLane = shareOut(events, lanes);
  let top = 0;
  return lanes.map((lane, n) => {
    const most = Math.max(1, Math.floor((heights[n] - 2 * LANE_PADDING - barsHeight) / ROW));
    const { placed } = pack(byLane.get(lane.value), scale, widthOf, most, barsHeight > 0);
    for (const item of placed) item.y = top + LANE_PADDING + (item.row + item.rows / 2) * ROW;
    const laid = { lane, placed, top, height: heights[n] };
    top += heights[n];
    return laid;
  });
}

/** The width of a title that is not written. */
const noWidth = () => -LABEL_GAP;

/** The lane of everything that has no lane of its own. */
export const REST = "\u2026";

/**
 * @param {import("./data.js").Event[]} events
 * @param {import("./data.js").Lane[]} lanes
 * @returns {Map<unknown, import("./data.js").Event[]>} an event may stand in several lanes
 */
function shareOut(events, lanes) {
  const byLane = new Map(lanes.map((lane) => [lane.value, []]));
  for (const event of events) {
    const own = event.lanes.filter((value) => byLane.has(value));
    for (const value of own.length ? own : [REST]) byLane.get(value)?.push(event);
  }
  return byLane;
}

/** @param {import("./data.js").Event} event @returns {number} how many rows its sign takes */
function rowsOf({ radius }) {
  return Math.max(1, Math.ceil((2 * radius) / ROW));
}

/**
 * The weightier an event, the sooner it gets its place and its title. A lighter one takes the
 * room of a title rather than none at all, unless there are bars that count it.
 *
 * @param {import("./data.js").Event[]} events
 * @param {import("./scale.js").Scale} scale
 * @param {WidthOf} widthOf
 * @param {number} most rows
 * @param {boolean} [counted] whether what has no room is left to bars
 * @returns {{ placed: Placed[], rows: number }} the marks, and how many rows they take
 */
function pack(events, scale, widthOf, most, counted = false) {
  const marks = new Rows(most);
  const titles = new Rows(most);
  // The last rows are kept for marks without a title.
  const titledRows = most - Math.floor(Math.min(6, most) / 3);
  const placed = [];
  for (const event of events) {
    const mark = markOf(event, scale);
    if (!mark) continue;
    const rows = rowsOf(event);
    const [bare, titled] = stretchesOf(mark, widthOf);
    const noTitle = (stretch) => (row) => titles.isFree(row, stretch);
    const withTitle = marks.firstFree(rows, titled, Math.max(rows, titledRows), noTitle(titled));
    const row =
      withTitle ??
      marks.firstFree(rows, bare, most, noTitle(bare)) ??
      (counted ? null : marks.firstFree(rows, bare, most, () => true));
    if (row === null && counted) continue;
    const item = { mark, row: row ?? Math.max(0, most - rows), rows, titled: withTitle !== null, y: 0 };
    for (const other of titles.clear(item.row, rows, bare)) other.titled = false;
    marks.take(item.row, rows, bare, item);
    if (item.titled) titles.take(item.row, rows, titled, item);
    placed.push(item);
  }
  giveTitles(placed, marks, titles, widthOf);
  return { placed, rows: Math.max(0, ...placed.map(({ row, rows }) => row + rows)) };
}

/**
 * @param {import("./marks.js").Mark} mark
 * @param {WidthOf} widthOf
 * @returns {[number, number][]} what it takes without and with its title
 */
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
  for (const item of placed.filter(({ titled }) => !titled)) {
    const [[, from], [, to]] = stretchesOf(item.mark, widthOf);
    const isFree = (row) => marks.isFree(row, [from, to]) && titles.isFree(row, [from, to]);
    if (!Array.from({ length: item.rows }, (_, n) => item.row + n).every(isFree)) continue;
    item.titled = true;
    titles.take(item.row, item.rows, [from, to], item);
  }
}

/**
 * The scale that a layout is made for: its days stand where they stand whatever is in view,
 * so that rows hold while time is moved, and its zoom is stepped, so that they hold a while.
 *
 * @param {import("./scale.js").Scale} scale
 * @returns {import("./scale.js").Scale} one whose density is at most that of the scale
 */
export function layoutScale(scale) {
  const days = STEP ** Math.ceil(Math.log(1 / density(scale)) / Math.log(STEP));
  return { ...scale, first: 0, last: (scale.right - scale.left) * days };
}
