/** The overview under the timeline: the whole period, with the part in view as a window. */

import { font } from "./axis.js";
import { sized, unitNow } from "./canvas.js";
import { dayWords } from "./days.js";
import { FEWEST_DAYS, ticks, toDay, toX } from "./scale.js";

/**
 * @import { Histogram } from "./data.js"
 * @import { Palette } from "./palette.js"
 * @import { Scale } from "./scale.js"
 */

const STRIP_HEIGHT = 46;
const LABELS = 14;
/** Half the width of a thumb; a drag that starts this close to its middle moves it. */
const GRIP = 12;

export class Overview {
  /**
   * @param {HTMLElement} root contains a canvas and two thumbs
   * @param {(days: [number, number], done: boolean) => void} onChange
   */
  constructor(root, onChange) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    /** @type {NodeListOf<HTMLElement>} */
    this.thumbs = root.querySelectorAll("[role=slider]");
    this.onChange = onChange;
    /** @type {Scale} */
    this.scale = { first: 0, last: 1, left: 0, right: 1 };
    /** @type {[number, number]} */
    this.window = [0, 1];
    this.measure();
    root.addEventListener("pointerdown", (event) => this.grab(event));
    this.thumbs.forEach((thumb, side) =>
      thumb.addEventListener("keydown", (event) => this.nudge(event, side)),
    );
  }

  /** Read the available width and the reader's text size. */
  measure() {
    if (!this.canvas.clientWidth) return;
    this.unit = unitNow();
    this.wide = this.canvas.clientWidth / this.unit;
  }

  draw(histogram, window, palette) {
    const [first, last] = [histogram.edges[0], histogram.edges.at(-1)];
    // A window beyond all events is shown where it is.
    const isBeyond = window[0] >= last || window[1] <= first;
    const ends = isBeyond ? [Math.min(first, window[0]), Math.max(last, window[1])] : [first, last];
    this.scale = { first: ends[0], last: ends[1], left: 0, right: this.wide };
    this.window = window;
    const context = sized(this.canvas, this.wide, STRIP_HEIGHT, this.unit);
    this.paintBars(context, histogram, palette);
    this.paintWindow(context, palette);
    this.placeThumbs();
  }

  paintBars(context, { edges, possible, certain }, palette) {
    const high = STRIP_HEIGHT - LABELS - 3;
    const most = Math.max(1, ...possible);
    for (let n = 0; n + 1 < edges.length; n++) {
      const x = toX(this.scale, edges[n]);
      const wide = Math.max(1, toX(this.scale, edges[n + 1]) - x - 0.6);
      for (const [counts, colour] of [[possible, palette.bar], [certain, palette.edge]]) {
        const bar = (high * counts[n]) / most;
        context.fillStyle = colour;
        context.fillRect(x, high + 2 - bar, wide, bar);
      }
    }
    context.font = font(palette, 10.5);
    context.fillStyle = palette.quiet;
    let free = 0;
    const { minor, major } = ticks(this.scale);
    const isFine = minor[1]?.day - minor[0].day < 365;
    for (const tick of minor) {
      const { day, label } = (isFine && major.find((one) => one.day === tick.day)) || tick;
      const x = toX(this.scale, day);
      if (x < free || x + context.measureText(label).width > this.scale.right) continue;
      context.fillText(label, x + 2, STRIP_HEIGHT - 3);
      free = x + context.measureText(label).width + 14;
    }
  }

  paintWindow(context, palette) {
    const [x0, x1] = this.edges();
    const high = STRIP_HEIGHT - LABELS + 1;
    context.fillStyle = palette.paper;
    context.globalAlpha = 0.62;
    context.fillRect(0, 0, x0, high);
    context.fillRect(x1, 0, this.scale.right - x1, high);
    context.globalAlpha = 1;
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5;
    context.strokeRect(x0 + 0.75, 0.75, Math.max(2, x1 - x0 - 1.5), high - 1.5);
    context.fillStyle = palette.accent;
    this.thumbPlaces().forEach((x, side) => {
      const end = side ? x1 : x0;
      context.fillRect(x - 2.5, high / 2 - 8, 5, 16);
      // Connect a thumb to its end of the window if they are apart.
      context.fillRect(Math.min(x, end), high / 2 - 0.75, Math.abs(x - end), 1.5);
    });
  }

  /** @returns {[number, number]} the ends of the window in pixels, within the overview */
  edges() {
    const { right } = this.scale;
    const [x0, x1] = this.window.map((day) => Math.min(right, Math.max(0, toX(this.scale, day))));
    return [x0, x1];
  }

  placeThumbs() {
    const { first, last } = this.scale;
    this.thumbPlaces().forEach((x, side) => {
      const thumb = this.thumbs[side];
      const day = Math.round(Math.min(last, Math.max(first, this.window[side]))) - side;
      thumb.style.left = `${x * this.unit}px`;
      const said = { valuemin: first, valuemax: last, valuenow: day, valuetext: dayWords(day) };
      // Screen readers read an attribute again whenever it is set.
      for (const [name, value] of Object.entries(said)) {
        if (thumb.getAttribute(`aria-${name}`) !== String(value)) thumb.setAttribute(`aria-${name}`, String(value));
      }
    });
  }

  /** @returns {[number, number]} the middles of the thumbs: on the ends of the window, or outside a short window */
  thumbPlaces() {
    const { right } = this.scale;
    const [x0, x1] = this.edges();
    if (x1 - x0 >= 4 * GRIP) return [x0, x1];
    const from = Math.max(GRIP, Math.min(x0 - GRIP, right - 3 * GRIP));
    return [from, Math.max(from + 2 * GRIP, Math.min(x1 + GRIP, right - GRIP))];
  }

  /** @param {PointerEvent} event starts a drag: of the window, of one of its ends, or of a new window */
  grab(event) {
    if (event.button) return;
    const { root } = this;
    const { left } = root.getBoundingClientRect();
    const at = (/** @type {PointerEvent} */ e) => (e.clientX - left) / this.unit;
    const start = at(event);
    const [x0, x1] = this.edges();
    const side = this.thumbPlaces().findIndex((x) => Math.abs(start - x) < GRIP);
    const { right } = this.scale;
    const inside = side < 0 && start > x0 && start < x1 && x1 - x0 < right - 4;
    const change = (/** @type {number[]} */ places) => this.change(places.map((x) => toDay(this.scale, x)), false);
    const move = (/** @type {PointerEvent} */ e) => {
      const by = at(e) - start;
      // The whole window stays within the overview and keeps its length.
      const kept = inside ? Math.max(-x0, Math.min(right - x1, by)) : by;
      if (side >= 0 || inside) change([x0, x1].map((x, n) => (inside || n === side ? x + kept : x)));
      else if (Math.abs(by) > 4) change([start, start + by].sort((a, b) => a - b));
    };
    const drag = new AbortController();
    const { signal } = drag;
    const done = () => {
      drag.abort();
      this.onChange(this.window, true);
    };
    root.setPointerCapture(event.pointerId);
    root.addEventListener("pointermove", move, { signal });
    for (const end of ["pointerup", "pointercancel"]) root.addEventListener(end, done, { signal });
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event @param {number} side 0 for the beginning, 1 for the end */
  nudge(event, side) {
    const { first, last } = this.scale;
    const step = (last - first) / (event.shiftKey ? 10 : 100);
    const day = this.window[side];
    const [less, more] = [day - step, day + step];
    /** @type {Record<string, number>} */
    const days = { ArrowLeft: less, ArrowDown: less, ArrowRight: more, ArrowUp: more, PageDown: day - 10 * step, PageUp: day + 10 * step, Home: first, End: last };
    if (!(event.key in days)) return;
    event.preventDefault();
    this.change(this.window.with(side, days[event.key]), true);
  }

  change([from, to], done) {
    const { first, last } = this.scale;
    const shortest = Math.min(FEWEST_DAYS, last - first);
    const start = Math.max(first, Math.min(from, to - shortest, last - shortest));
    const end = Math.min(last, Math.max(to, start + shortest));
    this.window = [start, end];
    this.onChange(this.window, done);
  }
}

