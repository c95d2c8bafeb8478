/** Paints a timeline, once laid out, on a canvas. */

import { AXIS_HEIGHT, LABEL_SIZE, font, line, paintGrid } from "./axis.js";
import { isPossiblyIn } from "./data.js";
import { paintMark } from "./mark-painting.js";
import { ROW } from "./layout.js";
import { markOf } from "./marks.js";
import { density, toX } from "./scale.js";
import { placeTitles, shortened } from "./titles.js";

/**
 * @import { Drawing } from "./data.js"
 * @import { LaidLane, Margins } from "./layout.js"
 * @import { Mark } from "./marks.js"
 * @import { Palette } from "./palette.js"
 * @import { Scale } from "./scale.js"
 */

export const TITLE_SIZE = 12.5;
const LINE = 15;
/** Marks extend at most this far beyond their days, in pixels. */
const LARGEST = 30;

/**
 * @typedef {object} Scene
 * @property {Scale} scale
 * @property {Palette} palette
 * @property {LaidLane[]} lanes
 * @property {{ value: string, label: string }[]} kinds
 * @property {number} width
 * @property {number} height
 * @property {Margins} margins of each lane, above and below its marks
 * @property {Drawing["bins"]} bins
 * @property {string | null} marked the ID of the event under the pointer
 * @property {string[]} counts the number of events of each lane, in words
 * @property {(text: string, font?: string) => number} widthOf the width of a text, in the font of titles by default
 */

/** @typedef {{ mark: Mark, y: number, titled: boolean, firm: boolean }} InView */

export function paint(context, scene, inView) {
  context.textBaseline = "alphabetic";
  paintGrid(context, scene);
  paintLanes(context, scene);
  context.save();
  context.beginPath();
  context.rect(scene.scale.left, AXIS_HEIGHT, scene.width, scene.height);
  context.clip();
  if (scene.bins && scene.margins.bars) paintBins(context, scene);
  for (let n = inView.length; n--; ) paintMark(context, scene, inView[n]);
  paintTitles(context, scene, inView);
  context.restore();
  paintHeads(context, scene);
}

/**
 * Place each mark in view: its row is from the layout, its horizontal position from the scale.
 * @param {LaidLane[]} lanes
 * @param {Scale} scale
 * @returns {InView[]} the most important of each lane first
 */
export function placements(lanes, scale) {
  const found = [];
  const beside = LARGEST / density(scale);
  for (const lane of lanes) {
    for (const { mark, y, titled, firm } of lane.placed) {
      if (!isPossiblyIn(mark.event, scale.first - beside, scale.last + beside)) continue;
      const now = markOf(mark.event, scale);
      if (now.x1 >= scale.left && now.x0 <= scale.right) {
        found.push({ mark: now, y: y + AXIS_HEIGHT, titled, firm });
      }
    }
  }
  return found;
}

function paintLanes(context, scene) {
  for (const lane of scene.lanes.slice(1)) {
    const y = Math.round(lane.top + AXIS_HEIGHT) + 0.5;
    line(context, scene.palette.hairline, 0, y, scene.width, y);
  }
}

/**
 * Paint the names of the lanes: beside them, or above them on a narrow screen.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function paintHeads(context, scene) {
  const { palette, scale, margins } = scene;
  const isAbove = margins.head > 0;
  if (!scale.left && !isAbove) return;
  const [bold, plain] = [font(palette, TITLE_SIZE, "600"), font(palette, LABEL_SIZE)];
  const room = isAbove ? scale.right : scale.left - 14;
  scene.lanes.forEach(({ lane, top, height }, n) => {
    const y = top + AXIS_HEIGHT + (isAbove ? margins.head - 4 : 18);
    const count = scene.counts[n];
    // A lane with one row has its count beside its name.
    const isAlone = isAbove || height < ROW + LINE;
    const beside = isAlone ? scene.widthOf(count, plain) + 8 : 0;
    const most = isAlone || height < ROW + 2 * LINE ? 1 : 2;
    const lines = wrapped(lane.label, room - beside, most, (text) => scene.widthOf(text, bold));
    context.font = bold;
    context.fillStyle = palette.ink;
    lines.forEach((text, row) => context.fillText(text, 0, y + row * LINE));
    context.font = plain;
    context.fillStyle = palette.quiet;
    if (isAbove) context.fillText(count, scene.widthOf(lines[0] ?? "", bold) + 8, y);
    else if (isAlone) context.fillText(count, room - scene.widthOf(count, plain), y);
    else context.fillText(count, 0, y + lines.length * LINE);
  });
}

/**
 * @param {string} text
 * @param {number} wide
 * @param {number} most lines
 * @param {(text: string) => number} widthOf
 * @returns {string[]}
 */
function wrapped(text, wide, most, widthOf) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (widthOf(longer) <= wide || lines.length === most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.filter(Boolean).map((one) => shortened(one, wide, widthOf));
}

function paintBins(context, scene) {
  const { bins, scale, palette, margins } = scene;
  const most = Math.max(1, ...bins.lanes.flatMap((lane) => lane.possible));
  for (const lane of scene.lanes) {
    const counts = bins.lanes.find(({ value }) => value === lane.lane.value);
    if (!counts) continue;
    const base = lane.top + lane.height + AXIS_HEIGHT - 1;
    for (let n = 0; n + 1 < bins.edges.length; n++) {
      const x0 = toX(scale, bins.edges[n]);
      const x1 = toX(scale, bins.edges[n + 1]);
      if (x1 < scale.left || x0 > scale.right || !counts.possible[n]) continue;
      const wide = Math.max(1, x1 - x0 - (x1 - x0 > 4 ? 1 : 0));
      const [possible, certain] = [counts.possible[n], counts.certain[n]].map((c) => ((margins.bars - 4) * c) / most);
      context.fillStyle = palette.bar;
      context.fillRect(x0, base - possible, wide, possible);
      context.fillStyle = palette.edge;
      context.fillRect(x0, base - certain, wide, certain);
      // The possible part is light, so it needs an edge that is visible.
      context.fillRect(x0, base - possible, wide, 1);
    }
  }
}

function paintTitles(context, scene, inView) {
  const { palette, scale, widthOf, marked } = scene;
  context.font = font(palette, TITLE_SIZE);
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = palette.paper;
  for (const { event, x, y, room, onBar } of placeTitles(inView, widthOf, scale, marked)) {
    const text = shortened(event.title, room, widthOf);
    if (onBar || event.id === marked) {
      context.fillStyle = palette.paper;
      context.fillRect(x - 3, y - LINE / 2, widthOf(text) + 6, LINE);
    }
    context.strokeText(text, x, y + 4.2);
    context.fillStyle = event.id === marked ? palette.accent : palette.ink;
    context.fillText(text, x, y + 4.2);
  }
}
