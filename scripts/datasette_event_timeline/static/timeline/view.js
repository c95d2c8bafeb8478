/**
 * The linked view: a timeline and, if the page has them, a map and a list of the same events. The
 * address stores its state.
 */

import { Address } from "./address.js";
import { Card } from "./card.js";
import { Source, firstDay, isPossiblyIn, leftOutWords } from "./data.js";
import { dayWords } from "./days.js";
import { listen } from "./interaction.js";
import { showLegend } from "./legend.js";
import { List } from "./list.js";
import { EventMap } from "./map.js";
import { Glide } from "./motion.js";
import { Overview } from "./overview.js";
import { paletteOf } from "./palette.js";
import { Picture, isNarrow } from "./picture.js";
import { reasonOf } from "./requests.js";
import { FEWEST_DAYS, FEWEST_WITH_TIMES, bounded, panned, zoomed } from "./scale.js";

/**
 * @import { Drawing, Event } from "./data.js"
 * @import { Movements } from "./interaction.js"
 * @import { Scale } from "./scale.js"
 */

const PADDING = 0.03;
const TITLE_ROOM = 170;
/** @type {Record<string, number[]>} how far each button moves the two ends of the view, as a share of its length */
const MOVES = { in: [0.2, -0.2], out: [-1 / 3, 1 / 3], earlier: [-0.5, -0.5], later: [0.5, 0.5] };
/** The map and the list update this long after the last movement; later while a pointer holds the view. */
const REST_MS = 60;
const HELD_MS = 200;
/** The lanes fit themselves to the events in view this long after the last movement. */
const FIT_MS = 220;
/** Movements closer in time than this are one entry of the browser's history. */
const STEP_MS = 800;

export class View {
  /** @param {HTMLElement} root the element that contains the view and its addresses */
  constructor(root) {
    this.root = root;
    /** @type {HTMLElement} */
    this.stage = root.querySelector(".stage");
    this.status = root.querySelector("[role=status]");
    this.picture = new Picture(this.stage);
    this.card = new Card(root.querySelector(".card"));
    this.address = new Address(location.pathname);
    this.source = new Source(root.dataset.source);
    this.overview = new Overview(root.querySelector(".overview"), (days, done) => this.brush(days, done));
    this.glide = new Glide();
    /** @type {HTMLElement} */
    const list = document.querySelector("[data-timeline-list]");
    this.list = list ? new List(list, (id) => this.point(id, "list")) : null;
    /** @type {HTMLElement | null} */
    this.mapElement = document.querySelector("[data-timeline-map]");
    this.map = this.mapElement ? this.makeMap(this.mapElement) : null;
    /** @type {Drawing | null} */
    this.drawing = null;
    /** @type {string | null} */
    this.pointed = null;
    this.held = false;
    this.frame = 0;
    this.written = -Infinity;
  }

  /** @param {HTMLElement} element @returns {EventMap} */
  makeMap(element) {
    // On a phone the map is closed at first, so that the list is higher on the page.
    if (isNarrow(this.picture.width)) element.closest("details")?.removeAttribute("open");
    const { leaflet, basemap } = element.dataset;
    return new EventMap(element, { leaflet, basemap }, {
      onPoint: (id) => this.point(id, "map"),
      onMove: () => this.linkArea(),
    });
  }

  async start() {
    listen(this.stage, this.movements());
    for (const button of this.root.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => this.press(button.dataset.move));
    }
    window.addEventListener("popstate", () => this.goBack());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.picture.palette = paletteOf(this.root);
      this.redraw();
      this.showMap();
    });
    const map = this.map?.start().then(() => this.showMap());
    await this.load();
    const resized = new ResizeObserver(() => this.resize());
    // The overview's height depends on the reader's text size.
    for (const element of [this.stage, this.overview.root]) resized.observe(element);
    await map;
  }

  /** Load and show the events that the address selects. */
  async load() {
    this.asNarrow = isNarrow(this.picture.width);
    this.showLanes();
    const window = this.address.window;
    try {
      const drawing = await this.source.load(this.query());
      this.take(drawing, this.address.window !== window);
      this.days = this.window();
      this.linkRows();
      if (this.drawing.timed_out.length) this.describe();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @returns {URLSearchParams} */
  query() {
    const query = this.address.query();
    // A narrow screen has one lane unless the address says otherwise.
    if (this.asNarrow && !query.has("_lanes")) query.set("_lanes", "none");
    return query;
  }

  /** Show the present lanes in the field; the form sends them only if the reader chose them. */
  showLanes() {
    /** @type {HTMLSelectElement | null} */
    const field = document.querySelector(".lanes-field select");
    if (!field) return;
    const lanes = this.query().get("_lanes");
    field.value = lanes ?? field.querySelector("[selected]").value;
    field.name = lanes === this.address.parameters.get("_lanes") ? "_lanes" : "";
    field.onchange = () => (field.name = "_lanes");
  }

  /**
   * @param {Drawing} drawing the data for the present address
   * @param {boolean} moved whether the reader has already moved the view, so that its scale is kept
   */
  take(drawing, moved) {
    this.drawing = drawing;
    this.root.classList.remove("failed");
    this.root.classList.toggle("empty", !drawing.extent);
    this.root.classList.add("ready");
    const legend = document.querySelector("[data-timeline-legend]");
    if (legend) showLegend(legend, drawing);
    if (drawing.extent) {
      this.picture.show(drawing);
      this.scale = moved ? this.scaleOf([this.scale.first, this.scale.last]) : this.scaleOfAddress();
      this.fit();
    } else {
      const none = drawing.total ? "None of these events has a date that can be drawn." : "There are no events to draw.";
      this.say(leftOutWords(drawing) || none);
    }
    this.showMap();
  }

  /** The reader has gone back or forward: show the view of the new address. */
  async goBack() {
    this.glide.stop();
    clearTimeout(this.timer);
    const address = location.pathname + location.search;
    this.say("");
    await Promise.all([this.load(), this.follow(address)]);
    if (!this.status.textContent) this.describe();
  }

  /** @returns {[number, number]} the whole period, with room for the title of the last event */
  whole() {
    const [first, last] = this.drawing.extent;
    const days = last + 1 - first;
    const room = Math.max(this.fewest === FEWEST_DAYS ? 2 : this.fewest, days * PADDING);
    const share = Math.min(0.3, TITLE_ROOM / Math.max(1, this.picture.width - this.picture.left));
    return [first - room, last + 1 + Math.max(room, (days * share) / (1 - share))];
  }

  /** @param {[number, number]} days @returns {Scale} */
  scaleOf([first, last]) {
    const { fewest } = this;
    return { first, last: Math.max(last, first + fewest), left: this.picture.left, right: this.picture.width, fewest };
  }

  /** @returns {number} the fewest days that the view shows */
  get fewest() {
    return this.drawing?.events.some(({ times }) => times) ? FEWEST_WITH_TIMES : FEWEST_DAYS;
  }

  /** @returns {Scale} */
  scaleOfAddress() {
    const whole = this.whole();
    const window = this.address.window ? this.drawing.window : null;
    if (!window) return this.scaleOf(whole);
    return this.scaleOf([window[0] ?? whole[0], window[1] === null ? whole[1] : window[1] + 1]);
  }

  // Drawing

  redraw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    if (!this.drawing?.extent) return;
    this.picture.paint(this.scale, this.pointed);
    this.overview.draw(this.drawing.overview, [this.scale.first, this.scale.last], this.picture.palette);
    if (!this.card.element.hidden) this.placeCard();
  }

  /** Fit the lanes to the events in view. While a pointer holds the view, lanes keep their heights. */
  fit() {
    clearTimeout(this.fitTimer);
    if (!this.drawing?.extent) return;
    if (!this.held || !this.picture.heights.size) this.picture.rest(this.scale, this.window());
    this.redraw();
  }

  resize() {
    this.picture.measure();
    this.overview.measure();
    if (!this.scale) return;
    if (isNarrow(this.picture.width) !== this.asNarrow) {
      this.load();
      return;
    }
    const { left, width } = this.picture;
    if (left === this.scale.left && width === this.scale.right) return;
    this.scale = { ...this.scale, left, right: width };
    this.fit();
  }

  // Movement

  /** @returns {Movements} */
  movements() {
    const units = (/** @type {number} */ pixels) => pixels / this.picture.unit;
    return {
      zoom: (x, factor) => this.move(() => zoomed(this.scale, units(x), factor, this.whole())),
      pan: (pixels) => this.move(() => panned(this.scale, units(pixels), this.whole())),
      whole: () => this.press("all"),
      held: () => (this.held = true),
      settled: () => this.release(),
      choose: (step) => this.choose(step),
      open: () => this.pointed !== null && location.assign(this.eventOf(this.pointed).url),
      point: (x, y) => this.point(this.picture.eventAt(units(x), units(y)), "timeline"),
      leave: () => this.point(null, "timeline"),
      tap: (x, y, event) => this.tap(this.picture.eventAt(units(x), units(y)), event),
    };
  }

  /** @param {() => Scale} moved returns the scale after the movement */
  move(moved) {
    if (!this.drawing?.extent) return;
    this.glide.stop();
    this.moveTo(moved());
  }

  moveTo(scale) {
    this.scale = scale;
    this.card.hide();
    this.redraw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), this.held ? HELD_MS : REST_MS);
    this.fitSoon();
  }

  fitSoon() {
    clearTimeout(this.fitTimer);
    this.fitTimer = setTimeout(() => this.fit(), FIT_MS);
  }

  /** A movement has ended. */
  release() {
    this.held = false;
    this.fitSoon();
    this.settle();
  }

  /** @param {string} move the name of a button; one that is not in MOVES shows the whole period */
  press(move) {
    if (!this.drawing?.extent) return;
    const { first, last } = this.scale;
    const by = MOVES[move]?.map((part) => part * (last - first));
    this.glideTo(by ? [first + by[0], last + by[1]] : this.whole());
  }

  /** @param {[number, number]} days to move to, within the whole period */
  glideTo([first, last]) {
    const whole = this.whole();
    const length = Math.min(whole[1] - whole[0], Math.max(this.fewest, last - first));
    const middle = (first + last) / 2;
    const target = bounded(this.scaleOf([middle - length / 2, middle + length / 2]), whole);
    this.glide.start([this.scale.first, this.scale.last], [target.first, target.last], (days, done) => {
      this.moveTo(this.scaleOf(days));
      if (done) this.release();
    });
  }

  brush(days, done) {
    this.held = !done;
    this.move(() => this.scaleOf(days));
    if (done) this.release();
  }

  /** Write the view into the address, and update the map and the list. */
  settle() {
    clearTimeout(this.timer);
    if (!this.drawing?.extent || String(this.window()) === String(this.days)) return;
    this.days = this.window();
    const address = this.address.withWindow(this.days);
    const now = performance.now();
    this.address.show(address, now - this.written > STEP_MS);
    this.written = now;
    this.describe();
    this.linkRows();
    this.follow(address);
    if (this.drawing.complete) this.showMap();
    else this.loadWindow();
  }

  /** Load the marks and bins of the new window, to which the view has already moved. */
  async loadWindow() {
    const said = this.status.textContent;
    try {
      this.take(await this.source.load(this.query()), true);
      // Keep another message that came meanwhile: that the list failed, or a chosen event.
      if (this.status.textContent === said) this.describe();
    } catch (error) {
      this.sayFailed("The marks", error);
    }
  }

  /** Update the list and the facets. @param {string} address that they are for */
  async follow(address) {
    const field = document.querySelector("form [name=_window]");
    if (field) field.value = this.address.window;
    this.linkArea();
    if (!this.list) return;
    try {
      await this.list.load(address);
      this.list.mark(this.pointed);
    } catch (error) {
      this.sayFailed("The list", error);
    }
  }

  /** @returns {[number, number] | null} the whole days in view, or the day that is partly in view; null if the whole period is in view */
  window() {
    if (!this.drawing?.extent) return null;
    const [first, last] = this.drawing.extent;
    if (this.scale.first <= first && this.scale.last >= last + 1) return null;
    const from = Math.ceil(this.scale.first - 0.01);
    const to = Math.floor(this.scale.last + 0.01) - 1;
    if (to < from && this.fewest < FEWEST_DAYS) return [Math.floor(this.scale.first), Math.ceil(this.scale.last) - 1];
    return [from, Math.max(from, to)];
  }

  describe() {
    const window = this.window();
    const days = new Set(window?.map(dayWords));
    const words = window ? [...days].join(" to ") : "the whole period";
    if (this.drawing?.extent) this.say(`Showing ${words}. ${leftOutWords(this.drawing)}`);
  }

  // Pointing

  /** @param {string | null} id @param {"timeline" | "map" | "list" | "keys"} where the pointer is */
  point(id, where) {
    const hasCard = id !== null && (where === "timeline" || where === "keys");
    if (id === this.pointed && hasCard !== this.card.element.hidden) return;
    this.pointed = id;
    this.stage.classList.toggle("pointing", id !== null && where === "timeline");
    this.redraw();
    const event = this.drawing?.events.find((one) => one.id === id) ?? null;
    if (where !== "map") this.map?.mark(event);
    if (where !== "list") this.list?.mark(id);
    if (event && hasCard) this.showCard(event, false);
    else this.card.hide();
  }

  showCard(event, held) {
    if (!this.picture.placeOf(event.id)) return;
    this.card.show(event, held);
    this.placeCard();
  }

  /** Place the card beside its mark, which may have moved. */
  placeCard() {
    const { left, width, unit } = this.picture;
    const place = this.picture.placeOf(this.pointed);
    if (!place) return;
    const x = Math.min(width, Math.max(left, place.x));
    this.card.place(x * unit, place.y * unit + this.stage.offsetTop);
  }

  /** @param {string | null} id of the event that was hit @param {PointerEvent} pointer */
  tap(id, pointer) {
    if (pointer.pointerType !== "mouse") {
      // A finger cannot hover, so its first tap shows the card, whose title is a link.
      this.point(id, "timeline");
      const event = this.drawing?.events.find((one) => one.id === id);
      if (event) this.showCard(event, true);
    } else if (id !== null && (pointer.ctrlKey || pointer.metaKey)) {
      window.open(this.eventOf(id).url, "_blank", "noopener");
    } else if (id !== null) {
      location.assign(this.eventOf(id).url);
    }
  }

  /** @param {number} step 1 for the next event in time, -1 for the previous one */
  choose(step) {
    const events = this.drawing?.events.filter(({ stretches }) => stretches.length) ?? [];
    if (!events.length) return;
    events.sort((a, b) => firstDay(a) - firstDay(b));
    const now = events.findIndex(({ id }) => id === this.pointed);
    const inView = events.findIndex((one) => firstDay(one) >= this.scale.first);
    const wanted = now < 0 ? (inView < 0 ? events.length - 1 : inView) : now + step;
    const event = events[Math.min(events.length - 1, Math.max(0, wanted))];
    this.bringIntoView(event);
    this.point(event.id, "keys");
    this.release();
    this.say(`${event.words}: ${event.title}`);
  }

  bringIntoView(event) {
    const { first, last } = this.scale;
    this.glide.stop();
    if (isPossiblyIn(event, first, last)) return;
    const length = last - first;
    const day = firstDay(event);
    this.scale = bounded(this.scaleOf([day - length / 2, day + length / 2]), this.whole());
    this.fit();
    this.paint();
  }

  // Map, links and messages

  showMap() {
    if (!this.map || !this.drawing) return;
    const window = this.drawing.extent ? this.window() : null;
    const [first, last] = window ? [window[0], window[1] + 1] : [-Infinity, Infinity];
    const shown = window
      ? this.drawing.events.filter((event) => isPossiblyIn(event, first, last))
      : this.drawing.events;
    this.map.show(shown, this.drawing, this.picture.palette);
  }

  /** Update the link to "this area" after a change of the map or the address. */
  linkArea() {
    const sides = this.map?.area();
    /** @type {HTMLAnchorElement | null} */
    const link = this.mapElement && document.querySelector(this.mapElement.dataset.area);
    if (!link) return;
    link.hidden = !sides;
    if (!sides) return;
    const [latitude, longitude] = JSON.parse(this.mapElement.dataset.columns);
    const names = [`${latitude}__gte`, `${latitude}__lte`, `${longitude}__gte`, `${longitude}__lte`];
    link.href = this.address.inArea(names, sides);
  }

  /** Update the link to the table rows in view, on a page with a table. */
  linkRows() {
    const link = this.root.querySelector("[data-timeline-rows]");
    if (!link) return;
    const window = this.window();
    link.hidden = !window;
    if (window) link.href = this.address.onlyWindow(window);
  }

  /** @param {string} id of an event that is drawn @returns {Event} */
  eventOf(id) {
    return this.drawing.events.find((one) => one.id === id);
  }

  /** @param {string} words to show, which screen readers read out */
  say(words) {
    this.status.textContent = words;
  }

  /** Say that nothing could be drawn. @param {Error} error */
  fail(error) {
    const reason = reasonOf(error);
    if (reason === null) return;
    this.drawing = null;
    this.root.classList.add("failed");
    this.say(`The timeline could not be loaded: ${reason}. The events are listed below. Load the page again to see them drawn.`);
  }

  /** Say that a part could not be updated. @param {string} what @param {Error} error */
  sayFailed(what, error) {
    const reason = reasonOf(error);
    if (reason !== null && this.drawing) this.say(`${what} could not be updated: ${reason}. Move the timeline to try again.`);
  }
}

for (const root of document.querySelectorAll("[data-timeline]")) {
  const fold = root.closest("details");
  const start = () => new View(root).start();
  // A closed <details> loads its timeline when it is first opened.
  if (!fold || fold.open) start();
  else fold.addEventListener("toggle", start, { once: true });
}
