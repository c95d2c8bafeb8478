/** Loads the data of a drawing from the server; only the newest request counts. */

import { setSigns } from "./marks.js";
import { Requests } from "./requests.js";

/** The lane of all events that have no lane of their own. */
export const REST = "\u2026";
/** Of labels that begin alike for longer than this, the beginning is left out. */
const LONG_BEGINNING = 12;

/**
 * @typedef {[number | null, number | null, 0 | 1]} Stretch first and last day, null if open; 1 if certain.
 * A day has a fraction where a time of day is known: an event lasts until its last day and a whole one after that.
 */

/**
 * @typedef {object} Event
 * @property {string} id
 * @property {string} url of its page
 * @property {string} title
 * @property {string} words its date in words
 * @property {Stretch[]} stretches when it is possibly under way, in order and without overlaps, then when certainly
 * @property {string} date in EDTF
 * @property {[number | null, number | null] | null} [times] seconds of its first and its last day
 * @property {boolean} approximate
 * @property {boolean} uncertain
 * @property {number | null} size victims killed, or the column that metadata names; null if unknown
 * @property {boolean} sized whether it is a disc whose area is its size
 * @property {number} radius of its disc or glyph in pixels
 * @property {string} [figure] people killed, in words
 * @property {string} [killed_scope] who the figure counts
 * @property {unknown} [lane] a value, or a JSON array of values
 * @property {unknown[]} lanes values of the lanes it belongs to
 * @property {string} [kind]
 * @property {string} [status]
 * @property {string} [place]
 * @property {string} [country]
 * @property {string} [location_precision]
 * @property {number | null} [latitude]
 * @property {number | null} [longitude]
 * @property {number | null} [radius_km]
 */

/**
 * @typedef {object} Lane
 * @property {unknown} value
 * @property {string} label
 * @property {number | null} count number of filtered events; null if left out
 * @property {number | null} [shown] how many of those are in the window
 */
/** @typedef {{ unit: string, edges: number[], possible: number[], certain: number[] }} Histogram */

/**
 * @typedef {object} Drawing
 * @property {number | null} total number of filtered events; null if left out
 * @property {number | null} shown how many of those are in the window; null if left out
 * @property {boolean} complete whether `events` has all filtered events, inside and outside the window
 * @property {[number, number] | null} extent first and last day
 * @property {[number | null, number | null] | null} window
 * @property {Histogram | null} overview null without an extent
 * @property {Lane[]} lanes at least one
 * @property {{ value: string, label: string }[]} kinds
 * @property {Event[]} events the most important first
 * @property {number} largest the largest size of these events; 0 if none has a size
 * @property {{ unit: string, edges: number[], lanes: ({ value: unknown } & Histogram)[] } | null} bins
 * @property {{ latitude: number, longitude: number, count: number, id: string }[] | null} places
 * @property {string[]} timed_out names of the parts that the server left out because they took too long
 */

/** @param {Drawing} drawing @returns {string} a sentence that names the parts left out; blank if there are none */
export function leftOutWords({ timed_out }) {
  return timed_out.length ? `Left out, because it took too long: ${timed_out.join(", ")}.` : "";
}

export class Source {
  /** @param {string} address of the data, without parameters */
  constructor(address) {
    this.address = address;
    this.requests = new Requests();
  }

  /**
   * @param {URLSearchParams} query
   * @returns {Promise<Drawing>} rejects with an AbortError if a newer request replaces this one
   */
  async load(query) {
    /** @type {Drawing} */
    const drawing = JSON.parse(await this.requests.get(`${this.address}?${query}`));
    fillIn(drawing);
    for (const event of drawing.events) {
      event.title = String(event.title ?? event.id);
      event.lanes = laneValues(event.lane);
    }
    drawing.largest = Math.max(0, ...drawing.events.map((event) => event.size ?? 0));
    setSigns(drawing.events, drawing.largest);
    return drawing;
  }
}

/** Give a drawing defaults for the lanes and bars that were left out. @param {Drawing} drawing */
function fillIn(drawing) {
  const { total, extent, lanes } = drawing;
  if (!lanes.length) lanes.push({ value: REST, label: "", count: total });
  const begin = commonBeginning(lanes.filter(({ value }) => value !== REST).map(({ label }) => label));
  for (const lane of lanes) if (begin && lane.value !== REST) lane.label = `\u2026 ${lane.label.slice(begin)}`;
  if (extent) drawing.overview ??= { unit: "", edges: [extent[0], extent[1] + 1], possible: [0], certain: [0] };
}

/**
 * @param {string[]} labels
 * @returns {number} the length of the words that all of them begin with; 0 if that is short, and room for it
 */
export function commonBeginning(labels) {
  const [first = "", ...others] = labels;
  if (!others.length) return 0;
  let length = 0;
  while (length < first.length && others.every((label) => label[length] === first[length])) length += 1;
  const words = first.slice(0, length).lastIndexOf(" ") + 1;
  return words >= LONG_BEGINNING ? words : 0;
}

/** @param {Event} event @returns {number} the first known day of its date; -Infinity if no day is known */
export function firstDay(event) {
  const [stretch] = event.stretches;
  return stretch?.[0] ?? stretch?.[1] ?? -Infinity;
}

/**
 * @param {Event} event
 * @param {number} first
 * @param {number} last
 * @returns {boolean} whether it is possibly under way between the two
 */
export function isPossiblyIn(event, first, last) {
  return event.stretches.some(
    ([start, end]) => (start ?? -Infinity) < last && (end === null ? Infinity : end + 1) > first,
  );
}

/** @param {unknown} cell a value, or a JSON array of values @returns {unknown[]} */
function laneValues(cell) {
  if (typeof cell !== "string" || !cell.startsWith("[")) return [cell ?? null];
  try {
    const values = JSON.parse(cell);
    return Array.isArray(values) ? values : [cell];
  } catch {
    return [cell];
  }
}
