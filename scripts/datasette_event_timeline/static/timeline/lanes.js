/** Assigns events to lanes, and counts those in view. */

import { REST, isPossiblyIn } from "./data.js";

/** @import { Drawing, Event, Lane } from "./data.js" */

/**
 * @param {Event[]} events
 * @param {Lane[]} lanes
 * @returns {Map<unknown, Event[]>} the events of each lane; an event may be in several
 */
export function eventsByLane(events, lanes) {
  /** @type {Map<unknown, Event[]>} */
  const byLane = new Map(lanes.map((lane) => [lane.value, []]));
  for (const event of events) {
    const own = event.lanes.filter((value) => byLane.has(value));
    for (const value of own.length ? own : [REST]) byLane.get(value)?.push(event);
  }
  return byLane;
}

/**
 * @param {Drawing} drawing
 * @param {[number, number] | null} days the first and the last in view; null for the whole period
 * @returns {string[]} for each lane, the number of events in view and, if known, in total
 */
export function countWords({ complete, events, lanes }, days) {
  const inView = days && complete ? events.filter((event) => isPossiblyIn(event, days[0], days[1] + 1)) : null;
  const byLane = inView && eventsByLane(inView, lanes);
  return lanes.map(({ value, count, shown }) => {
    const seen = byLane ? byLane.get(value).length : complete ? count : (shown ?? (days ? null : count));
    const [part, all] = [seen, count].map((number) => number?.toLocaleString("en") ?? "");
    if (seen === null) return all && `${all} in all`;
    return seen === count || !all ? part : `${part} of ${all}`;
  });
}
