/**
 * The map. Leaflet draws it from outlines of our own, without tiles. An event is as wide as the
 * precision of its place.
 */

import { firstDay } from "./data.js";
import { isStill } from "./motion.js";
import { kindIndex } from "./palette.js";
import { panningButtons } from "./panning.js";
import { get, reasonOf } from "./requests.js";

/**
 * @import { Drawing, Event } from "./data.js"
 * @import { Palette } from "./palette.js"
 */

/** Marks closer than this, in pixels, are merged into one mark with a number. */
export const CROWD = 34;
/** The least radius of such a mark, so that a finger can hit it. */
const LEAST_CIRCLE = 12;
/** With this around it, a mark of 8 pixels is large enough for a finger (WCAG 2.5.8). */
const HIT_TOLERANCE = 8;
const NAMES_AT = 4;
const CITIES_AT = 5.5;
const MOST_CITIES = 9;
/** Offsets in pixels from the middle of a country at which its name may be, the best first. */
const ASIDE = [0, 13, -13, 26, -26, 39, -39, 52, -52, 65, -65];
const NEARBY = [0, 40, -40].flatMap((dx) => ASIDE.map((dy) => [dx, dy]));
const WORLD = [[-60, -180], [84, 180]];
const FEWEST_DEGREES = 3;
/** The widest gap between longitudes must be wider by so many degrees than that at the 180th meridian. */
const TURNING_GAP = 120;

/**
 * @typedef {object} Point
 * @property {number} latitude
 * @property {number} longitude
 * @property {number} radius in metres; 0 if unknown
 * @property {number} count number of events here
 * @property {Event[]} events those of them whose data is loaded
 */

/**
 * @typedef {object} Feature a country, as in GeoJSON
 * @property {{ code: string, name: string }} properties
 * @property {{ coordinates: [number, number][][][] }} geometry
 */

export class EventMap {
  /**
   * @param {HTMLElement} element
   * @param {{ leaflet: string, basemap: string }} sources addresses of the library and the outlines
   * @param {{ onPoint: (id: string | null) => void, onMove: () => void }} calls
   */
  constructor(element, sources, calls) {
    this.element = element;
    this.sources = sources;
    this.calls = calls;
    /** @type {Point[]} */
    this.points = [];
    /** @type {Drawing["kinds"]} */
    this.kinds = [];
    /** @type {Map<string, number>} */
    this.countries = new Map();
    this.fitted = false;
    this.west = -180;
    /** @type {Set<string>} */
    this.codes = new Set();
    /** @type {[number, number][] | null} corners of the view if there is no event */
    this.frame = JSON.parse(element.dataset.frame ?? "null");
  }

  /** @returns {Promise<void>} resolves when the library and the outlines have loaded or failed to */
  async start() {
    try {
      const { leaflet, basemap } = this.sources;
      const [L, response] = await Promise.all([import(leaflet), get(basemap)]);
      this.make(L, await response.json());
    } catch (error) {
      this.element.replaceChildren(made("p", `The map could not be loaded: ${reasonOf(error)}. The list names the places.`));
      this.element.classList.add("failed");
    }
  }

  /** @param {any} L Leaflet @param {object} outlines as GeoJSON */
  make(L, outlines) {
    this.L = L;
    const still = isStill();
    this.map = L.map(this.element, {
      attributionControl: false,
      zoomControl: false,
      renderer: L.canvas({ padding: 0.4, tolerance: HIT_TOLERANCE }),
      zoomSnap: 0.25,
      minZoom: 1,
      maxZoom: 11,
      maxBounds: [[-85, -220], [88, 400]],
      scrollWheelZoom: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      inertia: !still,
    });
    L.control.zoom({ zoomInTitle: "Zoom in", zoomOutTitle: "Zoom out" }).addTo(this.map);
    this.element.before(panningButtons(this.map));
    this.map.fitBounds(WORLD);
    this.outlines = L.geoJSON(outlines, { interactive: false }).addTo(this.map);
    // The same again to the east, for a view across the 180th meridian.
    this.again = L.geoJSON(outlines, {
      interactive: false,
      coordsToLatLng: ([longitude, latitude]) => [latitude, longitude + 360],
    });
    this.codes = new Set(outlines.features.map(({ properties }) => properties.code));
    this.labels = L.layerGroup().addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    this.map.on("zoomend", () => this.redraw());
    this.map.on("moveend", () => this.calls.onMove());
    new ResizeObserver(() => {
      this.map.invalidateSize({ pan: false });
      this.fitOnce();
    }).observe(this.element);
  }

  /** @param {Event[]} events in view @param {Drawing} drawing @param {Palette} palette */
  show(events, drawing, palette) {
    if (!this.map) return;
    this.kinds = drawing.kinds;
    this.palette = palette;
    const points = drawing.complete ? pointsOf(events) : pointsOfPlaces(drawing.places, events);
    this.west = westernEdge(points.map(({ longitude }) => longitude));
    this.points = points.map((point) => ({ ...point, longitude: turned(point.longitude, this.west) }));
    this.countries = countriesOf(events);
    this.showUndrawn();
    // An open popup lists the events shown before, so it is closed if the events have changed.
    const shown = JSON.stringify([events.map(({ id }) => id), drawing.places]);
    if (shown !== this.shown) this.map.closePopup();
    this.shown = shown;
    this.fitOnce();
    this.redraw();
  }

  /** Fit the view to all points, or if there are none to the page's own frame, once the map has a height. */
  fitOnce() {
    const frame = this.points.length ? this.points.map((p) => [p.latitude, p.longitude]) : this.frame;
    if (this.fitted || !frame || !this.element.clientHeight) return;
    this.fitted = true;
    const bounds = this.L.latLngBounds(frame);
    const short = bounds.getNorth() - bounds.getSouth() < FEWEST_DEGREES;
    this.map.fitBounds(short ? bounds.pad(1) : bounds, { padding: [24, 24], maxZoom: 8, animate: false });
  }

  /**
   * @returns {[number, number, number, number] | null} south, north, west and east of the view; null
   *   across the 180th meridian, where no two bounds of a column of longitudes say which rows are in it
   */
  area() {
    if (!this.map || this.west > -180) return null;
    const bounds = this.map.getBounds();
    return [bounds.getSouth(), bounds.getNorth(), bounds.getWest(), bounds.getEast()];
  }

  /** Name the countries that are too small to be on this map, and count the events known to them only. */
  showUndrawn() {
    const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
    const named = [...this.countries].filter(([code]) => !this.codes.has(code)).map(([code, count]) => {
      const isCode = /^[A-Z]{2}$/.test(code ?? "");
      return `${isCode ? names.of(code) : code || "unknown"} (${count.toLocaleString("en")})`;
    });
    const list = this.element.parentElement.querySelector("[data-map-undrawn]");
    if (list) list.textContent = named.length ? `Known to the country only, and not drawn here: ${named.join(", ")}.` : "";
  }

  redraw() {
    if (!this.map || !this.palette) return;
    this.marks.clearLayers();
    this.labels.clearLayers();
    for (const outlines of [this.outlines, this.again]) {
      outlines.setStyle((/** @type {Feature} */ feature) => this.outlineStyle(feature));
    }
    if (this.west > -180) this.again.addTo(this.map);
    else this.again.remove();
    const found = crowds(this.points, (point) => this.pixelOf(point));
    for (const crowd of found) {
      if (crowd.length === 1 && crowd[0].count === 1) this.drawPoint(crowd[0]);
      else this.drawCrowd(crowd);
    }
    this.drawNames(found);
  }

  /** @param {Point} point @returns {{ x: number, y: number }} */
  pixelOf({ latitude, longitude }) {
    return this.map.latLngToLayerPoint([latitude, longitude]);
  }

  /** @param {Feature} feature a country @returns {object} Leaflet's style for it */
  outlineStyle({ properties }) {
    const whole = this.countries.get(properties.code);
    return {
      color: this.palette.edge,
      weight: 0.6,
      fillColor: whole ? this.palette.bar : this.palette.raised,
      fillOpacity: whole ? 0.55 : 1,
    };
  }

  /**
   * Write the names of countries with events, and of the towns with most.
   * @param {Point[][]} found crowds, the fullest first; names must not cover their marks
   */
  drawNames(found) {
    const zoom = this.map.getZoom();
    const half = CROWD / 2;
    const taken = found.map(([fullest]) => {
      const { x, y } = this.pixelOf(fullest);
      return [x - half, y - half, x + half, y + half];
    });
    const wanted = new Set(this.points.flatMap((p) => p.events.map((event) => event.country)));
    this.outlines.eachLayer((layer) => {
      const { code, name } = layer.feature.properties;
      const whole = this.countries.get(code);
      if (!whole && (zoom < NAMES_AT || !wanted.has(code))) return;
      const words = whole ? `${name} (${whole})` : name;
      this.name(middleOf(layer.feature), words, "country-name", taken, Boolean(whole));
    });
    if (zoom < CITIES_AT) return;
    for (const [{ latitude, longitude, events }] of found.filter(isOneTown).slice(0, MOST_CITIES)) {
      this.name([latitude, longitude], events[0].place, "city-name", taken, false);
    }
  }

  /**
   * Write a name if there is room for it: beside a town, or at or near the middle of a country.
   * @param {[number, number]} at
   * @param {string} text
   * @param {"country-name" | "city-name"} className
   * @param {number[][]} taken boxes in pixels that are not free
   * @param {boolean} always whether it is written even if there is no room, because it counts events
   */
  name(at, text, className, taken, always) {
    const isCountry = className === "country-name";
    const { x, y } = this.map.latLngToLayerPoint(at);
    const half = text.length * (isCountry ? 5.2 : 3.6);
    // The name of a city is beside its mark.
    const middle = isCountry ? x : x + half + CROWD / 2 + 1;
    const box = (/** @type {number[]} */ [dx, dy]) => [middle + dx - half, y + dy - 9, middle + dx + half, y + dy + 9];
    const free = (isCountry ? NEARBY : [[0, 0]]).find((aside) => !taken.some((other) => overlap(box(aside), other)));
    if (!free && !always) return;
    const aside = free ?? NEARBY[0];
    taken.push(box(aside));
    const icon = this.L.divIcon({ className, html: made("span", text), iconSize: null });
    const place = this.map.layerPointToLatLng([x + aside[0], y + aside[1]]);
    this.L.marker(place, { icon, interactive: false, keyboard: false }).addTo(this.labels);
  }

  drawPoint(point) {
    const [event] = point.events;
    const hue = this.palette.hues[kindIndex(this.kinds, event?.kind)];
    const at = [point.latitude, point.longitude];
    const area = this.L.circle(at, {
      radius: point.radius, color: hue, weight: 1, opacity: 0.7, fillColor: hue, fillOpacity: 0.14,
    });
    const centre = this.L.circleMarker(at, {
      radius: 4, color: hue, weight: 1.5, fillColor: hue, fillOpacity: 1,
    });
    for (const layer of [area, centre]) {
      layer.addTo(this.marks);
      layer.on("mouseover", () => this.calls.onPoint(event?.id ?? null));
      layer.on("mouseout", () => this.calls.onPoint(null));
      layer.on("click", () => this.open(at, point.events, point.count));
    }
  }

  /** @param {Point[]} crowd several events at one place, or places too close to each other to distinguish */
  drawCrowd(crowd) {
    const count = crowd.reduce((sum, point) => sum + point.count, 0);
    // The point with most of the events.
    const at = [crowd[0].latitude, crowd[0].longitude];
    const radius = Math.min(CROWD / 2, LEAST_CIRCLE + 0.4 * Math.sqrt(count));
    const element = made("button", count.toLocaleString("en"));
    element.setAttribute("type", "button");
    element.setAttribute("aria-label", `${count} events here: show them`);
    const icon = this.L.divIcon({ className: "crowd", html: element, iconSize: [2 * radius, 2 * radius] });
    const marker = this.L.marker(at, { icon, keyboard: false }).addTo(this.marks);
    const events = crowd.flatMap((point) => point.events);
    marker.on("click", () => this.open(at, events, count));
  }

  open(at, events, count) {
    const list = made("ol");
    for (const event of [...events].sort((a, b) => firstDay(a) - firstDay(b))) {
      const item = made("li");
      const link = made("a", event.title);
      link.setAttribute("href", event.url);
      item.append(made("span", `${event.words}: `), link);
      list.append(item);
    }
    const content = made("div");
    content.append(list);
    if (count > events.length) {
      content.append(made("p", `${(count - events.length).toLocaleString("en")} more here: zoom in on the time or the place.`));
    }
    this.L.popup({ maxHeight: 260, maxWidth: 320, className: "events-here" })
      .setLatLng(at)
      .setContent(content)
      .openOn(this.map);
  }

  /** @param {Event | null} event under the pointer elsewhere */
  mark(event) {
    this.ring?.remove();
    this.ring = null;
    if (!this.map || !event || typeof event.latitude !== "number") return;
    this.ring = this.L.circleMarker([event.latitude, turned(event.longitude, this.west)], {
      radius: 11, color: this.palette.accent, weight: 2.5, fill: false, interactive: false,
    }).addTo(this.map);
  }
}

/**
 * @param {number[]} longitudes
 * @returns {number} the western edge of a map that has all of them side by side: above -180 if the
 *   widest gap between them is not at the 180th meridian
 */
export function westernEdge(longitudes) {
  const east = [...new Set(longitudes)].sort((a, b) => a - b);
  if (east.length < 2) return -180;
  let widest = 360 - (east.at(-1) - east[0]);
  let edge = -180;
  for (let n = 1; n < east.length; n++) {
    const gap = east[n] - east[n - 1];
    // A turned map is unusual, so that little must not turn it.
    if (gap > widest + TURNING_GAP) [widest, edge] = [gap, east[n]];
  }
  return edge;
}

/** @param {number} longitude @param {number} west of the map @returns {number} where it is on the map */
export function turned(longitude, west) {
  return longitude < west ? longitude + 360 : longitude;
}

/** @param {string} tag @param {string} [textContent] @returns {HTMLElement} */
function made(tag, textContent = "") {
  return Object.assign(document.createElement(tag), { textContent });
}

/** @param {{ latitude?: number | null, longitude?: number | null }} place @returns {string} */
function keyOf({ latitude, longitude }) {
  return `${latitude} ${longitude}`;
}

/** @param {Event[]} events @returns {Point[]} one point for all events at the same place */
function pointsOf(events) {
  const placed = events.filter((event) => [event.latitude, event.longitude].every(Number.isFinite));
  return [...Map.groupBy(placed, keyOf).values()].map((here) => ({
    latitude: here[0].latitude,
    longitude: here[0].longitude,
    radius: 1000 * Math.max(...here.map((event) => event.radius_km ?? 0)),
    count: here.length,
    events: here,
  }));
}

function pointsOfPlaces(places, events) {
  const named = new Map(pointsOf(events).map((point) => [keyOf(point), point]));
  return (places ?? []).map((place) => ({ radius: 0, events: [], ...named.get(keyOf(place)), ...place }));
}

/** @param {Event[]} events @returns {Map<string, number>} by country, the number of events located only to the country */
function countriesOf(events) {
  const counts = new Map();
  for (const { location_precision, country } of events) {
    if (location_precision === "country") counts.set(country, (counts.get(country) ?? 0) + 1);
  }
  return counts;
}

/** @param {Point[]} crowd @returns {boolean} whether all its events are in one town */
function isOneTown(crowd) {
  const town = crowd[0].events[0]?.place;
  return crowd.every(({ events }) => town && events.length && events.every(
    ({ place, location_precision: precision }) => place === town && precision === "town"));
}

/**
 * @param {Point[]} points
 * @param {(point: Point) => { x: number, y: number }} place of a point in pixels
 * @returns {Point[][]} groups of points that would overlap
 */
export function crowds(points, place) {
  const groups = [];
  for (const point of [...points].sort((a, b) => b.count - a.count)) {
    const { x, y } = place(point);
    const near = groups.find((group) => (group.x - x) ** 2 + (group.y - y) ** 2 < CROWD ** 2);
    if (near) near.points.push(point);
    else groups.push({ x, y, points: [point] });
  }
  return groups.map((group) => group.points);
}

/** @param {number[]} a left, top, right and bottom @param {number[]} b @returns {boolean} */
function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** @param {Feature} feature @returns {[number, number]} latitude and longitude of the middle of its largest polygon */
function middleOf(feature) {
  const boxes = feature.geometry.coordinates.map(([outer]) => {
    const [xs, ys] = [0, 1].map((n) => outer.map((point) => point[n]));
    return [Math.min(...ys), Math.max(...ys), Math.min(...xs), Math.max(...xs)];
  });
  const sizes = boxes.map(([s, n, w, e]) => (n - s) * (e - w));
  const [south, north, west, east] = boxes[sizes.indexOf(Math.max(...sizes))];
  return [(south + north) / 2, (west + east) / 2];
}
