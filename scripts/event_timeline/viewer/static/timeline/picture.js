/** The timeline's canvas: keeps a layout for the scale in view, paints it, and says what lies where. */

import { AXIS_HEIGHT, font } from "./axis.js";
import { TITLE_SIZE, paint, placements } from "./drawing.js";
import { BAR_HEIGHT } from "./inks.js";
import { layOut, layoutScale, shareHeight } from "./layout.js";
import { isStill } from "./motion.js";
import { sized } from "./overview.js";

/** Narrower than this there are no lanes, and less height. */
const NARROW = 640;
const HEADS = 136;
const NARROW_HEIGHT = 200;
/** The share of the window's height that the lanes may take, and its bounds. */
const SHARE = 0.8;
const LEAST_HEIGHT = 320;
const MOST_HEIGHT = 900;
const BARS_HEIGHT = 28;
/** Lanes have room for so many times the days first shown; zoomed out further, for all there is. */
const SPARE = 3;
/** A finger or a shaking hand hits this far beside a mark: half of 24 pixels. */
const REACH = 12;
/** Widths of titles are kept for the next frame, but not for ever. */
const MOST_WIDTHS = 20_000;

/** @param {number} width of the timeline in pixels @returns {boolean} */
export function isNarrow(width) {
  return width < NARROW;
}

/** @param {import("./data.js").Drawing | null} drawing @returns {string} what lanes it has, in any order */
function lanesOf(drawing) {
  return JSON.stringify((drawing?.lanes ?? []).map(({ value }) => String(value)).sort());
}

export class Picture {
  /** @param {HTMLElement} stage holds two canvases: the picture, and what fades from it */
  constructor(stage) {
    this.stage = stage;
    [this.canvas, this.ghost] = stage.querySelectorAll("canvas");
    this.ghost.addEventListener("animationend", () => this.ghost.classList.remove("fading"));
    /** @type {import("./data.js").Drawing | null} */
    this.drawing = null;
    /** @type {import("./drawing.js").InView[]} */
    this.inView = [];
    /** @type {Map<unknown, number>} the heights of lanes, which hold while there are the same */
    this.heights = new Map();
    /** The days in view that the heights were made for. */
    this.heightsFor = 0;
    /** @type {Map<string, number>} */
    this.widths = new Map();
  }

  get width() {
    return this.stage.clientWidth;
  }

  /** @returns {number} where the lanes begin, after their heads */
  get left() {
    const heads = !isNarrow(this.width) && (this.drawing?.lanes.length ?? 0) > 1;
    return heads ? HEADS : 0;
  }

  /**
   * Take new data; what was shown fades into it.
   * @param {import("./data.js").Drawing} drawing
   */
  show(drawing) {
    if (this.drawing && !isStill()) this.fade();
    if (lanesOf(this.drawing) !== lanesOf(drawing)) this.heights.clear();
    this.drawing = drawing;
    this.layout = null;
  }

  fade() {
    const { width, height } = this.canvas;
    Object.assign(this.ghost, { width, height });
    this.ghost.style.height = this.canvas.style.height;
    if (width && height) this.ghost.getContext("2d").drawImage(this.canvas, 0, 0);
    this.ghost.classList.remove("fading");
    // Asking for the width lets the animation begin anew.
    this.ghost.classList.toggle("fading", this.ghost.offsetWidth >= 0);
  }

  /** The room has changed. */
  resize() {
    this.heights.clear();
    this.layout = null;
  }

  /**
   * @param {import("./scale.js").Scale} scale
   * @param {import("./scale.js").Scale} whole the scale that shows all there is
   * @param {import("./palette.js").Palette} palette
   * @param {string | null} marked the event that is pointed at
   */
  paint(scale, whole, palette, marked) {
    this.palette = palette;
    this.arrange(scale, whole);
    const height = this.layout.reduce((sum, lane) => sum + lane.height, AXIS_HEIGHT);
    this.inView = placements(this.layout, scale);
    const scene = {
      scale,
      palette,
      lanes: this.layout,
      kinds: this.drawing.kinds,
      width: this.width,
      height,
      barsHeight: this.barsHeight,
      bins: this.drawing.bins,
      marked,
      heads: this.left > 0,
      widthOf: (text) => this.widthOf(text),
    };
    paint(sized(this.canvas, this.width, height), scene, this.inView);
  }

  /** @returns {number} pixels for bars in each lane: none where every event has its mark */
  get barsHeight() {
    const { bins, shown, events } = this.drawing;
    return bins && shown > events.length ? BARS_HEIGHT : 0;
  }

  /** Lay out anew only when the zoom has changed by a step. */
  arrange(scale, whole) {
    const stepped = layoutScale(scale);
    const key = `${stepped.last} ${stepped.left} ${stepped.right}`;
    if (this.layout && this.key === key) return;
    const { events, lanes } = this.drawing;
    const widthOf = (text) => this.widthOf(text);
    if (!this.heights.size || stepped.last > this.heightsFor) {
      const most = layoutScale(whole);
      const days = this.heights.size ? most.last : Math.min(most.last, SPARE * stepped.last);
      this.heightsFor = Math.max(stepped.last, days);
      const found = isNarrow(this.width)
        ? lanes.map(() => this.room() / lanes.length)
        : shareHeight(events, lanes, { ...most, last: days }, widthOf, this.room(), this.barsHeight);
      this.heights = new Map(lanes.map(({ value }, n) => [value, found[n]]));
    }
    const heights = lanes.map(({ value }) => this.heights.get(value));
    this.layout = layOut(events, lanes, heights, stepped, widthOf, this.barsHeight);
    this.key = key;
  }

  /** @returns {number} pixels for all lanes together */
  room() {
    if (isNarrow(this.width)) return NARROW_HEIGHT - AXIS_HEIGHT;
    return Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, innerHeight * SHARE)) - AXIS_HEIGHT;
  }

  /** @param {string} text @returns {number} */
  widthOf(text) {
    const known = this.widths.get(text);
    if (known !== undefined) return known;
    if (this.widths.size > MOST_WIDTHS) this.widths.clear();
    const context = this.canvas.getContext("2d");
    context.font = font(this.palette, TITLE_SIZE);
    const wide = context.measureText(text).width;
    this.widths.set(text, wide);
    return wide;
  }

  /** @returns {string | null} the event whose mark is nearest to a place, within reach */
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

  /** @param {string} id @returns {{ x: number, y: number } | null} where its mark is, if in view */
  placeOf(id) {
    const found = this.inView.find(({ mark }) => mark.event.id === id);
    return found ? { x: found.mark.at, y: found.y } : null;
  }
}
