/** Paints the two levels of ticks and the hairlines below them. */

import { ticks, toX } from "./scale.js";

export const AXIS_HEIGHT = 38;
const LABEL_SIZE = 11.5;
const GAP = 4;

/** @param {import("./palette.js").Palette} palette @param {number} size @param {string} [weight] */
export function font(palette, size, weight = "400") {
  return `${weight} ${size}px ${palette.sans}`;
}

/** @param {CanvasRenderingContext2D} context @param {import("./drawing.js").Scene} scene */
export function paintAxis(context, scene) {
  const { palette, scale, height } = scene;
  const { minor, major } = ticks(scale);
  context.lineWidth = 1;
  context.font = font(palette, LABEL_SIZE);
  context.fillStyle = palette.quiet;
  const widthOf = (text) => context.measureText(text).width;
  for (const { x } of atPixels(minor, scale)) {
    if (x < scale.left) continue;
    line(context, palette.hairline, Math.round(x) + 0.5, AXIS_HEIGHT - 4, Math.round(x) + 0.5, height);
  }
  for (const { label, at } of labelPlaces(minor, scale, widthOf, false)) {
    context.fillText(label, at, AXIS_HEIGHT - 7);
  }
  for (const { x } of atPixels(major, scale)) {
    if (x < scale.left) continue;
    line(context, palette.edge, Math.round(x) + 0.5, 4, Math.round(x) + 0.5, AXIS_HEIGHT);
  }
  context.font = font(palette, LABEL_SIZE, "600");
  context.fillStyle = palette.ink;
  for (const { label, at } of labelPlaces(major, scale, widthOf, true)) context.fillText(label, at, 15);
  line(context, palette.edge, 0, AXIS_HEIGHT - 0.5, scene.width, AXIS_HEIGHT - 0.5);
}

/** @param {import("./scale.js").Tick[]} found @param {import("./scale.js").Scale} scale */
function atPixels(found, scale) {
  return found.map((tick) => ({ ...tick, x: toX(scale, tick.day) }));
}

/**
 * @param {import("./scale.js").Tick[]} found in order
 * @param {import("./scale.js").Scale} scale
 * @param {(text: string) => number} widthOf
 * @param {boolean} sticks whether the label of what began before the left edge stays at it
 * @returns {{ label: string, at: number }[]} the labels that there is room for, each beside its tick
 */
export function labelPlaces(found, scale, widthOf, sticks) {
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

/** @param {CanvasRenderingContext2D} context */
export function line(context, colour, x0, y0, x1, y1) {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
