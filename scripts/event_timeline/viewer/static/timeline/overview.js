/** The strip under the timeline: all there is, with the part in view as a window on it. */

import { dayWords } from "./days.js";
import { FEWEST_DAYS, density, ticks, toDay, toX } from "./scale.js";

export const STRIP_HEIGHT = 46;
const LABELS = 14;
/** Half the width of a thumb, and how near to an end of the window a drag takes hold of it. */
const GRIP = 12;

export class Overview {
  /**
   * @param {HTMLElement} root holds a canvas and two thumbs
   * @param {(days: [number, number], done: boolean) => void} onChange
   */
  constructor(root, onChange) {
    this.canvas = root.querySelector("canvas");
    this.thumbs = [...root.querySelectorAll("[role=slider]")];
    this.onChange = onChange;
    /** @type {import("./scale.js").Scale} */
    this.scale = { first: 0, last: 1, left: 0, right: 1 };
    /** @type {[number, number]} */
    this.window = [0, 1];
    root.addEventListener("pointerdown", (event) => this.grab(event));
    this.thumbs.forEach((thumb, side) =>
      thumb.addEventListener("keydown", (event) => this.nudge(event, side)),
    );
  }

  /**
   * @param {import("./data.js").Histogram | null} histogram
   * @param {[number, number]} window
   * @param {import("./palette.js").Palette} palette
   */
  draw(histogram, window, palette) {
    if (!histogram) return;
    const wide = this.canvas.clientWidth;
    const { edges } = histogram;
    this.scale = { first: edges[0], last: edges[edges.length - 1], left: 0, right: wide };
    this.window = window;
    const context = sized(this.canvas, wide, STRIP_HEIGHT);
    this.paintBars(context, histogram, palette);
    this.paintWindow(context, palette);
    this.placeThumbs();
  }

  /** @param {CanvasRenderingContext2D} context */
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
    context.font = `10.5px ${palette.sans}`;
    context.fillStyle = palette.quiet;
    let free = 0;
    for (const { day, label } of ticks(this.scale).minor) {
      const x = toX(this.scale, day);
      if (x < free || x + context.measureText(label).width > this.scale.right) continue;
      context.fillText(label, x + 2, STRIP_HEIGHT - 3);
      free = x + context.measureText(label).width + 14;
    }
  }

  /** @param {CanvasRenderingContext2D} context */
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
    for (const x of [x0, x1]) context.fillRect(x - 2.5, high / 2 - 8, 5, 16);
  }

  /** @returns {[number, number]} the window in pixels, kept on the strip */
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
      thumb.style.left = `${x}px`;
      thumb.setAttribute("aria-valuemin", String(first));
      thumb.setAttribute("aria-valuemax", String(last));
      thumb.setAttribute("aria-valuenow", String(day));
      thumb.setAttribute("aria-valuetext", dayWords(day));
    });
  }

  /** @returns {[number, number]} the ends of the window, so far apart that no thumb lies on the other */
  thumbPlaces() {
    const [x0, x1] = this.edges();
    const half = Math.max(GRIP, (x1 - x0) / 2);
    const middle = Math.min(this.scale.right - half, Math.max(half, (x0 + x1) / 2));
    return [middle - half, middle + half];
  }

  /** @param {PointerEvent} event a drag of the window, of one of its ends, or of a new window */
  grab(event) {
    if (event.button) return;
    const root = /** @type {HTMLElement} */ (event.currentTarget);
    const at = (e) => e.clientX - root.getBoundingClientRect().left;
    const start = at(event);
    const [x0, x1] = this.edges();
    const side = Math.abs(start - x0) < GRIP ? 0 : Math.abs(start - x1) < GRIP ? 1 : -1;
    const before = /** @type {[number, number]} */ ([...this.window]);
    const inside = side < 0 && start > x0 && start < x1 && x1 - x0 < this.scale.right - 4;
    const move = (e) => {
      const days = (at(e) - start) / density(this.scale);
      if (side >= 0) this.change(side === 0 ? [before[0] + days, before[1]] : [before[0], before[1] + days], false);
      else if (inside) this.change([before[0] + days, before[1] + days], false);
      else if (Math.abs(at(e) - start) > 4) this.change([start, at(e)].map((x) => toDay(this.scale, x)).sort((a, b) => a - b), false);
    };
    const done = () => {
      root.removeEventListener("pointermove", move);
      this.onChange(this.window, true);
    };
    root.setPointerCapture(event.pointerId);
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", done, { once: true });
    root.addEventListener("pointercancel", done, { once: true });
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event @param {number} side 0 for the beginning, 1 for the end */
  nudge(event, side) {
    const { first, last } = this.scale;
    const step = (last - first) / (event.shiftKey ? 10 : 100);
    const steps = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -10 * step, PageUp: 10 * step };
    const ends = { Home: first, End: last };
    const days = /** @type {[number, number]} */ ([...this.window]);
    if (event.key in steps) days[side] += steps[event.key];
    else if (event.key in ends) days[side] = ends[event.key];
    else return;
    event.preventDefault();
    this.change(days, true);
  }

  /** @param {number[]} days @param {boolean} done */
  change([from, to], done) {
    const { first, last } = this.scale;
    const shortest = Math.min(FEWEST_DAYS, last - first);
    const start = Math.max(first, Math.min(from, to - shortest, last - shortest));
    const end = Math.min(last, Math.max(to, start + shortest));
    this.window = [start, end];
    this.onChange(this.window, done);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} wide in CSS pixels
 * @param {number} high
 * @returns {CanvasRenderingContext2D} cleared, and sharp on this screen
 */
export function sized(canvas, wide, high) {
  const dots = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(wide * dots) || canvas.height !== Math.round(high * dots)) {
    canvas.width = Math.round(wide * dots);
    canvas.height = Math.round(high * dots);
    canvas.style.height = `${high}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(dots, 0, 0, dots, 0, 0);
  context.clearRect(0, 0, wide, high);
  return context;
}
