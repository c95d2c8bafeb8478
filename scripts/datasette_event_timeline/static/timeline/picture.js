/** The timeline's canvas: keeps the layout for the present scale, paints it, and finds the event at a point. */

import { AXIS_HEIGHT, font, paintAxis } from "./axis.js";
import { TITLE_SIZE, paint, placements } from "./drawing.js";
import { sized, unitNow } from "./canvas.js";
import { isPossiblyIn } from "./data.js";
import { countWords } from "./lanes.js";
import { layOut, layoutScale, shareHeight } from "./layout.js";
import { BAR_HEIGHT } from "./mark-painting.js";
import { isStill } from "./motion.js";
import { paletteOf } from "./palette.js";

/**
 * @import { Drawing } from "./data.js"
 * @import { InView } from "./drawing.js"
 * @import { LaidLane, Margins, Room } from "./layout.js"
 * @import { Palette } from "./palette.js"
 * @import { Scale } from "./scale.js"
 */

/** On a narrower timeline, lanes have their names above them instead of beside them, and less height. */
const NARROW = 640;
const HEADS = 136;
const NARROW_HEAD = 19;
/** The lanes may use this share of the browser window's height, within these bounds. */
const SHARE = 0.8;
const LEAST_HEIGHT = 320;
const MOST_HEIGHT = 900;
/** Heights on a narrow screen: one lane with titles, one lane with marks that would overlap, several lanes. */
const NARROW_HEIGHT = 200;
const NARROW_SHARE = 0.4;
const NARROW_LANES_SHARE = 0.7;
const BARS_HEIGHT = 28;
/** Lanes keep their heights until this share of the view has changed. */
const HOLD = 0.2;
/** A pointer this close to a mark hits it: half of 24 pixels (WCAG 2.5.8). */
const REACH = 12;
/** The cache of text widths is cleared beyond this number. */
const MOST_WIDTHS = 20_000;

/** @param {number} width of the timeline in units @returns {boolean} */
export function isNarrow(width) {
  return width < NARROW;
}

/** @param {Drawing | null} drawing @returns {string} the values of its lanes, as JSON to compare */
function lanesOf(drawing) {
  return JSON.stringify(drawing?.lanes.map(({ value }) => value));
}

export class Picture {
  /** @param {HTMLElement} stage contains three canvases: the picture, the old picture that fades out, and the axis */
  constructor(stage) {
    this.stage = stage;
    /** @type {Palette} */
    this.palette = paletteOf(stage);
    const [canvas, ghost, axis] = stage.querySelectorAll("canvas");
    this.canvas = canvas;
    this.ghost = ghost;
    this.axis = axis;
    this.ghost.addEventListener("animationend", () => this.ghost.classList.remove("fading"));
    /** @type {Drawing | null} */
    this.drawing = null;
    /** @type {InView[]} */
    this.inView = [];
    /** @type {Map<unknown, number>} the heights of lanes, which stay the same during a movement */
    this.heights = new Map();
    /** @type {LaidLane[] | null} */
    this.layout = null;
    /** @type {Scale | null} the scale for which the heights were calculated */
    this.fitted = null;
    /** @type {string[]} the number of events of each lane in view, in words */
    this.counts = [];
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.width = 0;
    this.measure();
  }

  /** Read the available width and the reader's text size. */
  measure() {
    if (!this.stage.clientWidth) return;
    this.unit = unitNow();
    this.width = this.stage.clientWidth / this.unit;
  }

  /** @returns {number} where the lanes begin, to the right of their names */
  get left() {
    const heads = !isNarrow(this.width) && (this.drawing?.lanes.length ?? 0) > 1;
    return heads ? HEADS : 0;
  }

  /** Show new data; the old picture fades out. @param {Drawing} drawing */
  show(drawing) {
    if (this.drawing) this.fade();
    if (lanesOf(this.drawing) !== lanesOf(drawing)) this.heights.clear();
    this.drawing = drawing;
    this.near = undefined;
    this.layout = null;
    this.fitted = null;
  }

  fade() {
    if (isStill()) return;
    const { width, height } = this.canvas;
    Object.assign(this.ghost, { width, height });
    this.ghost.style.height = this.canvas.style.height;
    if (width && height) this.ghost.getContext("2d").drawImage(this.canvas, 0, 0);
    this.ghost.classList.remove("fading");
    // Reading offsetWidth forces a layout, which restarts the animation.
    this.ghost.classList.toggle("fading", this.ghost.offsetWidth >= 0);
  }

  /**
   * A movement has ended: fit the lanes to the events in view, and count them.
   * @param {Scale} scale
   * @param {[number, number] | null} days in view; null for the whole period
   */
  rest(scale, days) {
    this.counts = countWords(this.drawing, days);
    const { first, last, right } = this.fitted ?? { first: 0, last: 0, right: 0 };
    const changed = Math.abs(scale.first - first) + Math.abs(scale.last - last);
    if (right === scale.right && changed < HOLD * (last - first)) return;
    this.fitted = scale;
    this.fit(scale);
    if (this.layout) this.fade();
    this.layout = null;
  }

  /** Calculate the heights of the lanes for the days of a scale. @param {Scale} scale */
  fit(scale) {
    const { events, lanes } = this.drawing;
    const near = events.filter((event) => isPossiblyIn(event, scale.first, scale.last));
    this.near = new Set(near);
    const stepped = layoutScale(scale);
    const heights = shareHeight(near, lanes, stepped, this.widthOf.bind(this), this.room(), this.margins);
    this.heights = new Map(lanes.map(({ value }, n) => [value, heights[n]]));
  }

  /** @param {Scale} scale @param {string | null} marked the ID of the event under the pointer */
  paint(scale, marked) {
    this.arrange(scale);
    const height = this.layout.reduce((sum, lane) => sum + lane.height, AXIS_HEIGHT);
    this.inView = placements(this.layout, scale);
    const scene = {
      scale,
      palette: this.palette,
      lanes: this.layout,
      kinds: this.drawing.kinds,
      width: this.width,
      height,
      margins: this.margins,
      bins: this.drawing.bins,
      marked,
      counts: this.counts,
      widthOf: this.widthOf.bind(this),
    };
    paintAxis(sized(this.axis, this.width, AXIS_HEIGHT, this.unit), scene);
    paint(sized(this.canvas, this.width, height, this.unit), scene, this.inView);
    this.stage.style.height = this.canvas.style.height;
  }

  /** @returns {Margins} without bars if every event has its own mark; without heads if names are beside the lanes */
  get margins() {
    const { bins, shown, events, lanes } = this.drawing;
    return {
      head: isNarrow(this.width) && lanes.length > 1 ? NARROW_HEAD : 0,
      bars: bins && (shown ?? Infinity) > events.length ? BARS_HEIGHT : 0,
    };
  }

  /** Make a new layout only if the zoom has changed by a step. @param {Scale} scale */
  arrange(scale) {
    const stepped = layoutScale(scale);
    const key = `${stepped.last} ${stepped.left} ${stepped.right}`;
    if (this.layout && this.key === key) return;
    const { events, lanes } = this.drawing;
    const heights = lanes.map(({ value }) => this.heights.get(value));
    this.layout = layOut(events, lanes, heights, stepped, this.widthOf.bind(this), this.margins, this.near);
    this.key = key;
  }

  /** @returns {Room} units for all lanes together */
  room() {
    const high = innerHeight / this.unit;
    const bounded = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, high * SHARE)) - AXIS_HEIGHT;
    if (!isNarrow(this.width)) return { forTitles: bounded, forMarks: Infinity };
    const forLanes = high * NARROW_LANES_SHARE - AXIS_HEIGHT;
    if (this.drawing.lanes.length > 1) return { forTitles: forLanes, forMarks: forLanes };
    return { forTitles: NARROW_HEIGHT - AXIS_HEIGHT, forMarks: high * NARROW_SHARE - AXIS_HEIGHT };
  }

  /** @param {string} text @param {string} [face] the font; that of titles by default @returns {number} units */
  widthOf(text, face = font(this.palette, TITLE_SIZE)) {
    const key = `${face} ${text}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known;
    if (this.widths.size > MOST_WIDTHS) this.widths.clear();
    const context = this.canvas.getContext("2d");
    context.font = face;
    const wide = context.measureText(text).width;
    this.widths.set(key, wide);
    return wide;
  }

  /** @param {number} x @param {number} y @returns {string | null} the ID of the event whose mark is nearest, within REACH */
  eventAt(x, y) {
    if (x < this.left) return null;
    let best = null;
    let nearest = REACH;
    for (const { mark, y: middle } of this.inView) {
      const fromSign = Math.hypot(x - mark.at, y - middle) - mark.radius;
      const aside = Math.max(mark.x0 - x, x - mark.x1, 0);
      const fromBar = Math.hypot(aside, Math.max(0, Math.abs(y - middle) - BAR_HEIGHT / 2));
      const away = Math.max(0, mark.pieces.length ? Math.min(fromSign, fromBar) : fromSign);
      if (away < nearest) [best, nearest] = [mark.event.id, away];
    }
    return best;
  }

  /** @param {string} id @returns {{ x: number, y: number } | null} the position of its mark; null if out of view */
  placeOf(id) {
    const found = this.inView.find(({ mark }) => mark.event.id === id);
    return found ? { x: found.mark.at, y: found.y } : null;
  }
}
