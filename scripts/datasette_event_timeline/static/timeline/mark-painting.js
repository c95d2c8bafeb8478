/** Paints one mark: its bars, which may be solid, hatched, soft or open, and the sign on them. */

import { GLYPHS, kindIndex, traceGlyph } from "./palette.js";

/**
 * @import { Event } from "./data.js"
 * @import { Scene } from "./drawing.js"
 * @import { Mark, Piece } from "./marks.js"
 * @import { Palette } from "./palette.js"
 * @import { Scale } from "./scale.js"
 */

export const BAR_HEIGHT = 7;
const FULL_TURN = 2 * Math.PI;
/** A disc with at least this radius contains the glyph of its kind. */
const ROOM_FOR_GLYPH = 6;
const LARGEST_GLYPH = 5;
/** Width of the soft edge of an approximate date, around a sign and at the ends of a bar. */
const SOFT = 6;
const SOFT_END = 26;
/** Bars that leave the view are painted this far beyond its edge. */
const BEYOND = 20;
const ARROW = 9;

/** @typedef {{ context: CanvasRenderingContext2D, palette: Palette, scale: Scale, hue: string, y: number }} Brush */

/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {{ mark: Mark, y: number }} placed */
export function paintMark(context, { kinds, palette, scale, marked }, { mark, y }) {
  const index = kindIndex(kinds, mark.event.kind);
  const brush = { context, palette, scale, hue: palette.hues[index], y };
  for (const piece of mark.pieces) paintPiece(brush, piece, mark.event);
  paintSign(brush, mark, GLYPHS[index]);
  if (mark.event.id === marked) paintRing(brush, mark);
}

/** Paint a ring around the mark under the pointer. @param {Brush} brush @param {Mark} mark */
function paintRing({ context, palette, scale, y }, mark) {
  const pad = mark.radius + 3;
  const x0 = Math.max(mark.x0, scale.left - BEYOND) - 4;
  const x1 = Math.min(mark.x1, scale.right + BEYOND) + 4;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(x0, y - pad, x1 - x0, 2 * pad, 4);
  context.stroke();
}

function paintSign(brush, mark, glyph) {
  const { context, palette, hue, y } = brush;
  const { at, radius, sized, unfilled, event } = mark;
  if (event.approximate && !mark.pieces.length) paintHalo(brush, at, radius);
  const trace = () => {
    if (!sized) return traceGlyph(context, glyph, at, y, radius);
    context.beginPath();
    context.arc(at, y, radius, 0, FULL_TURN);
  };
  trace();
  // A rim in the colour of the paper separates the sign from its bar.
  context.strokeStyle = palette.paper;
  context.lineWidth = mark.pieces.length ? 4 : 2.4;
  context.stroke();
  context.fillStyle = unfilled ? palette.paper : hue;
  context.fill();
  context.strokeStyle = hue;
  context.lineWidth = 1.4;
  if (unfilled || event.approximate) context.stroke();
  if (!sized || radius < ROOM_FOR_GLYPH) return;
  traceGlyph(context, glyph, at, y, Math.min(LARGEST_GLYPH, radius * 0.5));
  context.fillStyle = unfilled ? hue : palette.paper;
  context.fill();
}

function paintHalo({ context, hue, y }, x, radius) {
  const soft = context.createRadialGradient(x, y, radius, x, y, radius + SOFT);
  soft.addColorStop(0, `${hue}a0`);
  soft.addColorStop(1, `${hue}00`);
  context.fillStyle = soft;
  context.beginPath();
  context.arc(x, y, radius + SOFT, 0, FULL_TURN);
  context.fill();
}

function paintPiece(brush, piece, event) {
  const { context, palette, scale, hue, y } = brush;
  const top = y - BAR_HEIGHT / 2;
  const x0 = Math.max(piece.x0, scale.left - BEYOND);
  const x1 = Math.min(piece.x1, scale.right + BEYOND);
  if (x1 <= x0) return;
  context.fillStyle = palette.paper;
  context.fillRect(x0, top, x1 - x0, BAR_HEIGHT);
  if (!event.uncertain) hatch(brush, x0, x1, top);
  if (event.approximate) soften(brush, x0, x1, top);
  context.strokeStyle = hue;
  context.lineWidth = 1.2;
  context.strokeRect(x0, top, x1 - x0, BAR_HEIGHT);
  context.fillStyle = hue;
  for (const [core0, core1] of piece.cores) {
    const from = Math.max(core0, scale.left - BEYOND);
    const to = Math.min(Math.max(core1, core0 + 2), scale.right + BEYOND);
    if (to > from) context.fillRect(from, top, to - from, BAR_HEIGHT);
  }
  if (piece.x1 === Infinity) arrow(brush, scale.right - 2, 1);
  if (piece.x0 === -Infinity) arrow(brush, scale.left + 2, -1);
}

function hatch({ context, hue }, x0, x1, top) {
  context.save();
  context.beginPath();
  context.rect(x0, top, x1 - x0, BAR_HEIGHT);
  context.clip();
  context.strokeStyle = hue;
  context.globalAlpha = 0.6;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = x0 - BAR_HEIGHT; x < x1; x += 4) {
    context.moveTo(x, top + BAR_HEIGHT);
    context.lineTo(x + BAR_HEIGHT, top);
  }
  context.stroke();
  context.restore();
}

/** Fade the ends of an approximate date. @param {Brush} brush @param {number} x0 @param {number} x1 @param {number} top */
function soften({ context, palette }, x0, x1, top) {
  const share = Math.min(0.5, SOFT_END / (x1 - x0));
  const fade = context.createLinearGradient(x0, 0, x1, 0);
  for (const at of [0, share, 1 - share, 1]) fade.addColorStop(at, palette.paper + (at % 1 ? "00" : "ff"));
  context.fillStyle = fade;
  context.fillRect(x0, top, x1 - x0, BAR_HEIGHT);
}

/** @param {Brush} brush @param {number} x the tip of the arrow @param {number} direction 1 to the right, -1 to the left */
function arrow({ context, palette, hue, y }, x, direction) {
  const back = x - direction * ARROW;
  context.fillStyle = palette.paper;
  context.fillRect(Math.min(back, back + direction * 40), y - 8, 40, 16);
  context.fillStyle = hue;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(back, y - 7);
  context.lineTo(back, y + 7);
  context.fill();
}
