/** Converts days to pixels and back, and calculates the ticks of the axis. */

import { MONTHS, fromOrdinal, ordinal, yearWords } from "./days.js";

/** The view shows at least this many days: five minutes where events have times of day. */
export const FEWEST_DAYS = 1;
export const FEWEST_WITH_TIMES = 5 / 1440;
/** The view shows at most this many times the whole period. */
const WIDEST = 1.25;

/**
 * @typedef {object} Scale
 * @property {number} first the day at the left edge; a fraction is part of a day
 * @property {number} last the day at the right edge
 * @property {number} left the left edge in pixels
 * @property {number} right the right edge in pixels
 * @property {number} [fewest] the view shows at least this many days
 */

/** @param {Scale} scale @returns {number} */
function fewestOf({ fewest }) {
  return fewest ?? FEWEST_DAYS;
}

/** @param {Scale} scale @returns {number} pixels for each day */
export function density(scale) {
  return (scale.right - scale.left) / (scale.last - scale.first);
}

/** @param {Scale} scale @param {number} day @returns {number} its pixel */
export function toX(scale, day) {
  return scale.left + (day - scale.first) * density(scale);
}

/** @param {Scale} scale @param {number} x @returns {number} its day, with a fraction */
export function toDay(scale, x) {
  return scale.first + (x - scale.left) / density(scale);
}

/**
 * Zoom around a pixel, whose day does not move.
 * @param {Scale} scale
 * @param {number} x
 * @param {number} factor above 1 to zoom in
 * @param {[number, number]} extent the first and last day of the whole period
 * @returns {Scale}
 */
export function zoomed(scale, x, factor, extent) {
  const longest = Math.max(fewestOf(scale), (extent[1] - extent[0]) * WIDEST);
  const length = scale.last - scale.first;
  const wanted = Math.min(longest, Math.max(fewestOf(scale), length / factor));
  const still = toDay(scale, x);
  const share = (still - scale.first) / length;
  const first = still - share * wanted;
  return bounded({ ...scale, first, last: first + wanted }, extent);
}

/**
 * @param {Scale} scale
 * @param {number} pixels to the right: earlier days come into view
 * @param {[number, number]} extent
 * @returns {Scale}
 */
export function panned(scale, pixels, extent) {
  const days = pixels / density(scale);
  return bounded({ ...scale, first: scale.first - days, last: scale.last - days }, extent);
}

/**
 * @param {Scale} scale
 * @param {[number, number]} extent
 * @returns {Scale} the scale, moved so that the middle of the view is within the extent
 */
export function bounded(scale, extent) {
  const length = scale.last - scale.first;
  const middle = scale.first + length / 2;
  const kept = Math.min(extent[1], Math.max(extent[0], middle));
  return { ...scale, first: kept - length / 2, last: kept + length / 2 };
}

/** @typedef {{ day: number, label: string }} Tick `day` has a fraction where the tick is within one */

const MINUTES = 1440;
/**
 * Steps between ticks, the finest first: the unit, the number of units, the length in days, and a
 * label if it is not just the number.
 * @type {{unit: string, by: number, days: number, name?: (at: {year: number, month: number}) => string}[]}
 */
const STEPS = [
  ...[1, 5, 15, 30, 60, 180, 360, 720].map((by) => ({ unit: "minute", by, days: by / MINUTES })),
  { unit: "day", by: 1, days: 1 },
  { unit: "day", by: 7, days: 7 },
  { unit: "month", by: 1, days: 30 },
  { unit: "month", by: 3, days: 91 },
  { unit: "year", by: 1, days: 365 },
  ...[2, 5, 10, 20, 50, 100, 200, 500].map((by) => ({ unit: "year", by, days: 365.25 * by })),
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((power) => ({
    unit: "year",
    by: 10 ** power,
    days: 365.25 * 10 ** power,
  })),
];
const NARROWEST_MINOR = 38;
/** Width in pixels of a digit of a year, and of the space around the year. */
const DIGIT = 7.2;
const ROOM = 12;

/** @param {Scale} scale @returns {{ minor: Tick[], major: Tick[] }} two levels, such as months below years or days below months */
export function ticks(scale) {
  const wide = density(scale);
  const longest = Math.max(...[scale.first, scale.last].map((day) => yearOf(day).length));
  const step =
    STEPS.find(({ unit, days }) => {
      // Within a day there is nothing unless events have times.
      if (unit === "minute" && fewestOf(scale) >= FEWEST_DAYS) return false;
      const room = unit === "year" ? Math.max(NARROWEST_MINOR, longest * DIGIT + ROOM) : NARROWEST_MINOR;
      return days * wide >= room;
    }) ?? STEPS[STEPS.length - 1];
  return { minor: [...eachTick(scale, step)], major: [...eachTick(scale, coarser(step))] };
}

/** @param {number} day @returns {string} */
function yearOf(day) {
  return yearWords(fromOrdinal(day)[0]);
}

/** @param {typeof STEPS[0]} step @returns {typeof STEPS[0]} the step of the ticks one level above */
function coarser(step) {
  if (step.unit === "minute") return { unit: "day", by: 1, days: 1, name: dayMonthAndYear };
  if (step.unit === "day") return { unit: "month", by: 1, days: 30, name: monthAndYear };
  if (step.unit === "month") return { unit: "year", by: 1, days: 365 };
  const by = step.by === 2 ? 10 : step.by * 10;
  return { unit: "year", by, days: 365.25 * by, name: by === 10 ? decade : yearsFrom(by) };
}

/** @param {Scale} scale @param {typeof STEPS[0]} step @returns {Iterable<Tick>} */
function* eachTick(scale, step) {
  if (step.unit === "minute") {
    yield* eachMinute(scale, step.by);
    return;
  }
  const [year, month, day] = fromOrdinal(Math.floor(scale.first));
  let at = { year, month, day };
  if (step.unit === "year") at = { year: yearAt(numberOf(year, step.by), step.by), month: 1, day: 1 };
  if (step.unit === "month") at = { year, month: Math.floor((month - 1) / step.by) * step.by + 1, day: 1 };
  if (step.unit === "day" && step.by > 1) at = { year, month, day: 1 };
  for (;;) {
    const number = ordinal(at.year, at.month, at.day);
    if (number > scale.last) return;
    yield { day: number, label: tickLabel(at, step) };
    at = next(at, step);
  }
}

/** @param {Scale} scale @param {number} by minutes @returns {Iterable<Tick>} */
function* eachMinute(scale, by) {
  for (let n = Math.ceil((scale.first * MINUTES) / by); n * by <= scale.last * MINUTES; n++) {
    const minute = ((n * by) % MINUTES + MINUTES) % MINUTES;
    const [hours, minutes] = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0"));
    yield { day: (n * by) / MINUTES, label: `${hours}:${minutes}` };
  }
}

/** @param {{year: number, month: number, day: number}} at @param {typeof STEPS[0]} step */
function next(at, step) {
  if (step.unit === "year") return { ...at, year: yearAt(numberOf(at.year, step.by) + 1, step.by) };
  if (step.unit === "month") {
    const month = at.month - 1 + step.by;
    return { year: at.year + Math.floor(month / 12), month: (month % 12) + 1, day: 1 };
  }
  // Weekly ticks restart every month, on days 1, 8, 15 and 22.
  if (step.by > 1 && at.day >= 22) return next({ ...at, day: 1 }, { unit: "month", by: 1, days: 30 });
  const [year, month, day] = fromOrdinal(ordinal(at.year, at.month, at.day) + step.by);
  return { year, month, day };
}

/** @param {{year: number, month: number, day: number}} at @param {typeof STEPS[0]} step */
function tickLabel(at, step) {
  if (step.name) return step.name(at);
  if (step.unit === "year") return yearWords(at.year);
  return step.unit === "month" ? MONTHS[at.month - 1].slice(0, 3) : String(at.day);
}

/** @param {{year: number, month: number, day: number}} at */
function dayMonthAndYear({ year, month, day }) {
  return `${day} ${monthAndYear({ year, month })}`;
}

/** @param {{year: number, month: number}} at */
function monthAndYear({ year, month }) {
  return `${MONTHS[month - 1]} ${yearWords(year)}`;
}

/**
 * Decades and centuries are those that people mean: 800 to 701 BCE, 1900 to 1999. The years 1 to 9
 * or 1 to 99 have the number 0.
 * @param {number} year astronomical: 0 is 1 BCE @param {number} by years @returns {number}
 */
function numberOf(year, by) {
  if (by === 1) return year;
  return year > 0 ? Math.floor(year / by) : -Math.ceil((1 - year) / by);
}

/** @param {number} number @param {number} by years @returns {number} the first year of a decade or century */
function yearAt(number, by) {
  if (by === 1) return number;
  return number > 0 ? number * by : number * by + 1;
}

/** @param {{year: number}} at */
function decade({ year }) {
  return year >= 1000 ? `${year}s` : yearsFrom(10)({ year });
}

/** @param {number} by @returns {(at: {year: number}) => string} labels such as 1900–1999, which are also clear away from the tick */
function yearsFrom(by) {
  return ({ year }) => {
    const last = yearWords(yearAt(numberOf(year, by) + 1, by) - 1);
    const [era] = / B?CE$/.exec(last) ?? [""];
    return `${yearWords(year).replace(era, "")}\u2013${last}`;
  };
}
