/** Paints the axis with two levels of ticks, and the vertical grid lines below it. */

import { ticks, toX } from "./scale.js";

/**
 * @import { Scene } from "./drawing.js"
 * @import { Palette } from "./palette.js"
 * @import { Scale, Tick } from "./scale.js"
 */

export const AXIS_HEIGHT = 38;
export const LABEL_SIZE = 11.5;
const GAP = 4;

/** @param {Palette} palette @param {number} size @param {string} [weight] @returns {string} a CSS font */
export function font(palette, size, weight = "400") {
  return `${weight} ${size}px ${palette.sans}`;
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
export function paintGrid(context, { palette, scale, height }) {
  uprights(context, palette.hairline, ticks(scale).minor, scale, AXIS_HEIGHT - 4, height);
}

/** @param {CanvasRenderingContext2D} context of the axis's own canvas, which does not scroll @param {Scene} scene */
export function paintAxis(context, scene) {
  const { palette, scale, width, widthOf } = scene;
  const { minor, major } = ticks(scale);
  paintGrid(context, { ...scene, height: AXIS_HEIGHT });
  uprights(context, palette.edge, major, scale, 4, AXIS_HEIGHT);
  for (const isMajor of [false, true]) {
    const face = font(palette, LABEL_SIZE, isMajor ? "600" : "400");
    context.font = face;
    context.fillStyle = isMajor ? palette.ink : palette.quiet;
    const places = labelPlaces(isMajor ? major : minor, scale, (text) => widthOf(text, face), isMajor);
    for (const { label, at } of places) context.fillText(label, at, isMajor ? 15 : AXIS_HEIGHT - 7);
  }
  line(context, palette.edge, 0, AXIS_HEIGHT - 0.5, width, AXIS_HEIGHT - 0.5);
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} colour
 * @param {Tick[]} found @param {Scale} scale @param {number} y0 @param {number} y1
 */
function uprights(context, colour, found, scale, y0, y1) {
  context.lineWidth = 1;
  for (const { x } of atPixels(found, scale)) {
    if (x >= scale.left) line(context, colour, Math.round(x) + 0.5, y0, Math.round(x) + 0.5, y1);
  }
}

/** @param {Tick[]} found @param {Scale} scale */
function atPixels(found, scale) {
  return found.map((tick) => ({ ...tick, x: toX(scale, tick.day) }));
}

/**
 * @param {Tick[]} found in order
 * @param {Scale} scale
 * @param {(text: string) => number} widthOf
 * @param {boolean} sticks whether the label of a unit that begins before the left edge stays at the edge
 * @returns {{ label: string, at: number }[]} the labels that fit, each beside its tick
 */
export function labelPlaces(found, scale, widthOf, sticks) {
  /** @type {{ label: string, at: number }[]} */
  const places = [];
  const pixels = atPixels(found, scale);
  pixels.forEach(({ label, x }, n) => {
    if (x < scale.left && !sticks) return;
    const at = Math.max(x, scale.left) + GAP;
    const next = pixels[n + 1]?.x ?? Infinity;
    if (at + widthOf(label) <= Math.min(next, scale.right)) places.push({ label, at });
  });
  return places;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
export function line(context, colour, x0, y0, x1, y1) {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
