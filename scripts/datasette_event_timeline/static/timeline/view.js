/**
 * The linked view: a timeline, and where the page has them a map and a list, over the
 * same events. The address holds its state.
 */

import { Address, encodeId } from "./address.js";
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
import { FEWEST_DAYS, bounded, panned, zoomed } from "./scale.js";

/**
 * @import { Drawing, Event } from "./data.js"
 * @import { Movements } from "./interaction.js"
 * @import { Scale } from "./scale.js"
 */

const PADDING = 0.03;
const TITLE_ROOM = 170;
/** @type {Record<string, number[]>} how far a button moves the ends of what is in view, in parts of it */
const MOVES = { in: [0.2, -0.2], out: [-1 / 3, 1 / 3], earlier: [-0.5, -0.5], later: [0.5, 0.5] };
/** A movement rests this long before map and list follow; longer while a pointer holds the view. */
const REST_MS = 60;
const HELD_MS = 200;
/** When it has rested this long, the lanes fit what is in view. */
const FIT_MS = 220;
/** Movements closer to each other than this are one step back. */
const STEP_MS = 800;

export class View {
  /** @param {HTMLElement} root the element with the view's parts and addresses */
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
    // On a phone the list leads: the map is there for whoever opens it.
    if (isNarrow(this.picture.width)) element.closest("details")?.removeAttribute("open");
    const { leaflet, basemap } = element.dataset;
    return new EventMap(element, { leaflet, basemap }, {
      onPoint: (id) => this.point(id, "map"),
      addressOf: (id) => this.addressOf(id),
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
    // The strip is as high as the reader's text asks.
    for (const element of [this.stage, this.overview.root]) resized.observe(element);
    await map;
  }

  /** Ask for the events that the address names, and show what it says of them. */
  async load() {
    this.asNarrow = isNarrow(this.picture.width);
    this.showLanes();
    const window = this.address.window;
    try {
      const drawing = await this.source.ask(this.question());
      this.take(drawing, this.address.window !== window);
      this.days = this.window();
      this.linkRows();
      if (this.drawing.late.length) this.describe();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @returns {URLSearchParams} */
  question() {
    const question = this.address.question();
    // A narrow screen has one lane, unless more are asked for.
    if (this.asNarrow && !question.has("_lanes")) question.set("_lanes", "none");
    return question;
  }

  /** Let the field say what lanes are drawn, and send only those that the reader chose. */
  showLanes() {
    /** @type {HTMLSelectElement | null} */
    const field = document.querySelector(".lanes-field select");
    if (!field) return;
    const lanes = this.question().get("_lanes");
    field.value = lanes ?? field.querySelector("[selected]").value;
    field.name = lanes === this.address.parameters.get("_lanes") ? "_lanes" : "";
    field.onchange = () => (field.name = "_lanes");
  }

  /**
   * @param {Drawing} drawing the answer for the address as it is
   * @param {boolean} moved whether the view is there already, or elsewhere
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
      const none = drawing.total ? "None of these events has a date that could be drawn." : "There is no event to draw.";
      this.say(leftOutWords(drawing) || none);
    }
    this.showMap();
  }

  /** The address has changed: show what it says. */
  async goBack() {
    this.glide.stop();
    clearTimeout(this.timer);
    const address = location.pathname + location.search;
    this.say("");
    await Promise.all([this.load(), this.follow(address)]);
    if (!this.status.textContent) this.describe();
  }

  /** @returns {[number, number]} all days there are, with room for the last one's title */
  whole() {
    const [first, last] = this.drawing.extent;
    const days = last + 1 - first;
    const room = Math.max(2, days * PADDING);
    const share = Math.min(0.3, TITLE_ROOM / Math.max(1, this.picture.width - this.picture.left));
    return [first - room, last + 1 + Math.max(room, (days * share) / (1 - share))];
  }

  /** @param {[number, number]} days @returns {Scale} */
  scaleOf([first, last]) {
    return { first, last: Math.max(last, first + 1), left: this.picture.left, right: this.picture.width };
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

  /** Let the lanes fit what is in view, at rest: under a moving pointer they hold, once they have heights. */
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
      open: () => this.pointed !== null && location.assign(this.addressOf(this.pointed)),
      point: (x, y) => this.point(this.picture.eventAt(units(x), units(y)), "timeline"),
      leave: () => this.point(null, "timeline"),
      tap: (x, y, event) => this.tap(this.picture.eventAt(units(x), units(y)), event),
    };
  }

  /** @param {() => Scale} moved says the scale after the movement */
  move(moved) {
    if (!this.drawing?.extent) return;
    this.glide.stop();
    this.moveTo(moved());
  }

  /** @param {Scale} scale */
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

  /** @param {string} move the name of a button; without MOVES it shows all there is */
  press(move) {
    if (!this.drawing?.extent) return;
    const { first, last } = this.scale;
    const by = MOVES[move]?.map((part) => part * (last - first));
    this.glideTo(by ? [first + by[0], last + by[1]] : this.whole());
  }

  /** @param {[number, number]} days move there, as far as there is anything */
  glideTo([first, last]) {
    const whole = this.whole();
    const length = Math.min(whole[1] - whole[0], Math.max(FEWEST_DAYS, last - first));
    const middle = (first + last) / 2;
    const target = bounded(this.scaleOf([middle - length / 2, middle + length / 2]), whole);
    this.glide.start([this.scale.first, this.scale.last], [target.first, target.last], (days, done) => {
      this.moveTo(this.scaleOf(days));
      if (done) this.release();
    });
  }

  /** @param {[number, number]} days @param {boolean} done */
  brush(days, done) {
    this.held = !done;
    this.move(() => this.scaleOf(days));
    if (done) this.release();
  }

  /** Write the view into the address, and let map and list follow. */
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
    else this.askAgain();
  }

  /** Ask for the marks and bins of the new window; the view has moved there already. */
  async askAgain() {
    const said = this.status.textContent;
    try {
      this.take(await this.source.ask(this.question()), true);
      // What else was said meanwhile stays: that the list failed, or what was chosen.
      if (this.status.textContent === said) this.describe();
    } catch (error) {
      this.sayLate("The marks", error);
    }
  }

  /** @param {string} address whose list and facets to show */
  async follow(address) {
    const field = document.querySelector("form [name=_window]");
    if (field) field.value = this.address.window;
    this.linkArea();
    if (!this.list) return;
    try {
      await this.list.load(address);
      this.list.mark(this.pointed);
    } catch (error) {
      this.sayLate("The list", error);
    }
  }

  /** @returns {[number, number] | null} the whole days in view; null if all there is is in view */
  window() {
    if (!this.drawing?.extent) return null;
    const [first, last] = this.drawing.extent;
    if (this.scale.first <= first && this.scale.last >= last + 1) return null;
    const from = Math.ceil(this.scale.first - 0.01);
    return [from, Math.max(from, Math.floor(this.scale.last + 0.01) - 1)];
  }

  describe() {
    const window = this.window();
    const words = window ? `${dayWords(window[0])} to ${dayWords(window[1])}` : "the whole time";
    if (this.drawing?.extent) this.say(`Showing ${words}. ${leftOutWords(this.drawing)}`);
  }

  // Pointing

  /** @param {string | null} id @param {"timeline" | "map" | "list" | "keys"} where it was pointed at */
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

  /** @param {Event} event @param {boolean} held */
  showCard(event, held) {
    if (!this.picture.placeOf(event.id)) return;
    this.card.show(event, this.addressOf(event.id), held);
    this.placeCard();
  }

  /** Let the card stand beside its mark, wherever that is now. */
  placeCard() {
    const { left, width, unit } = this.picture;
    const place = this.picture.placeOf(this.pointed);
    if (!place) return;
    const x = Math.min(width, Math.max(left, place.x));
    this.card.place(x * unit, place.y * unit + this.stage.offsetTop);
  }

  /** @param {string | null} id of what was hit @param {PointerEvent} pointer */
  tap(id, pointer) {
    if (pointer.pointerType !== "mouse") {
      // A finger cannot hover: its first tap shows the card, whose title is a link.
      this.point(id, "timeline");
      const event = this.drawing?.events.find((one) => one.id === id);
      if (event) this.showCard(event, true);
    } else if (id !== null && (pointer.ctrlKey || pointer.metaKey)) {
      window.open(this.addressOf(id), "_blank", "noopener");
    } else if (id !== null) {
      location.assign(this.addressOf(id));
    }
  }

  /** @param {number} step to the next event in time, or the one before */
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

  /** @param {Event} event */
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

  // Its parts

  showMap() {
    if (!this.map || !this.drawing) return;
    const window = this.drawing.extent ? this.window() : null;
    const [first, last] = window ? [window[0], window[1] + 1] : [-Infinity, Infinity];
    const shown = window
      ? this.drawing.events.filter((event) => isPossiblyIn(event, first, last))
      : this.drawing.events;
    this.map.show(shown, this.drawing, this.picture.palette);
  }

  /** Keep the link to "this area" in step with the map and the address. */
  linkArea() {
    const sides = this.map?.area();
    const link = sides && document.querySelector(this.mapElement.dataset.area);
    if (!link) return;
    const [latitude, longitude] = JSON.parse(this.mapElement.dataset.columns);
    const names = [`${latitude}__gte`, `${latitude}__lte`, `${longitude}__gte`, `${longitude}__lte`];
    link.href = this.address.inArea(names, sides);
  }

  /** Keep the link to the rows of the table that are in view, where there is a table. */
  linkRows() {
    const link = this.root.querySelector("[data-timeline-rows]");
    if (!link) return;
    const window = this.window();
    link.hidden = !window;
    if (window) link.href = this.address.onlyWindow(window);
  }

  /** @param {string} id @returns {string} */
  addressOf(id) {
    return this.root.dataset.event.replace(/ID$/, encodeId(id));
  }

  /** @param {string} words for everybody, and read out */
  say(words) {
    this.status.textContent = words;
  }

  /** @param {Error} error that leaves nothing to draw */
  fail(error) {
    const reason = reasonOf(error);
    if (reason === null) return;
    this.drawing = null;
    this.root.classList.add("failed");
    this.say(`The timeline could not be loaded: ${reason}. The events are listed below. Load the page again to see them drawn.`);
  }

  /** @param {string} what did not follow @param {Error} error */
  sayLate(what, error) {
    const reason = reasonOf(error);
    if (reason !== null && this.drawing) this.say(`${what} could not follow: ${reason}. Move the timeline to try again.`);
  }
}

for (const root of document.querySelectorAll("[data-timeline]")) {
  const fold = root.closest("details");
  const start = () => new View(root).start();
  // What is folded away is not asked for until it is unfolded.
  if (!fold || fold.open) start();
  else fold.addEventListener("toggle", start, { once: true });
}
