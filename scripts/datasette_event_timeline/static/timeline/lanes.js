/** Which events belong to which lane, and how many of them are in view. */

import { REST, isPossiblyIn } from "./data.js";

/** @import { Drawing, Event, Lane } from "./data.js" */

/**
 * @param {Event[]} events
 * @param {Lane[]} lanes
 * @returns {Map<unknown, Event[]>} an event may stand in several lanes
 */
export function shareOut(events, lanes) {
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
 * @param {[number, number] | null} days the first and the last in view; null for all there are
 * @returns {string[]} for each lane how many of its events are in view, and of how many, if known
 */
export function countWords({ complete, events, lanes }, days) {
  const inView = days && complete ? events.filter((event) => isPossiblyIn(event, days[0], days[1] + 1)) : null;
  const byLane = inView && shareOut(inView, lanes);
  return lanes.map(({ value, count, shown }) => {
    const seen = byLane ? byLane.get(value).length : complete ? count : (shown ?? (days ? null : count));
    const [part, all] = [seen, count].map((number) => number?.toLocaleString("en") ?? "");
    if (seen === null) return all && `${all} in all`;
    return seen === count || !all ? part : `${part} of ${all}`;
  });
}
