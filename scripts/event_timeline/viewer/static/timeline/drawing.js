/** Paints a laid out timeline on a canvas. */

import { AXIS_HEIGHT, font, line, paintAxis } from "./axis.js";
import { paintMark } from "./inks.js";
import { ROW } from "./layout.js";
import { markOf } from "./marks.js";
import { toX } from "./scale.js";
import { placeTitles, shortened } from "./titles.js";

export const TITLE_SIZE = 12.5;
const COUNT_SIZE = 11.5;
const LINE = 15;
/** Marks at the left edge bleed as far as this into the heads' margin. */
const BLEED = 12;

/**
 * @typedef {object} Scene
 * @property {import("./scale.js").Scale} scale
 * @property {import("./palette.js").Palette} palette
 * @property {import("./layout.js").Lane[]} lanes
 * @property {{ value: string, label: string }[]} kinds
 * @property {number} width
 * @property {number} height
 * @property {number} barsHeight of the bars at the foot of each lane; 0 without
 * @property {import("./data.js").Drawing["bins"]} bins
 * @property {string | null} marked the id of the event that is pointed at
 * @property {boolean} heads whether lanes have heads
 * @property {(text: string) => number} widthOf the width of a title
 */

/** @typedef {{ mark: import("./marks.js").Mark, y: number, titled: boolean }} InView */

/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {InView[]} inView */
export function paint(context, scene, inView) {
  context.textBaseline = "alphabetic";
  paintAxis(context, scene);
  paintLanes(context, scene);
  context.save();
  context.beginPath();
  context.rect(scene.scale.left - BLEED, AXIS_HEIGHT, scene.width + BLEED, scene.height);
  context.clip();
  if (scene.bins && scene.barsHeight) paintBins(context, scene);
  for (const item of [...inView].reverse()) paintMark(context, scene, item);
  paintTitles(context, scene, inView);
  context.restore();
  paintHeads(context, scene);
}

/**
 * Where each mark stands now: the rows of the layout, at the places of the scale.
 * @param {import("./layout.js").Lane[]} lanes
 * @param {import("./scale.js").Scale} scale
 * @returns {InView[]} the weightiest of each lane first
 */
export function placements(lanes, scale) {
  const found = [];
  for (const lane of lanes) {
    for (const { mark, y, titled } of lane.placed) {
      const now = markOf(mark.event, scale);
      if (now.x1 >= scale.left && now.x0 <= scale.right) {
        found.push({ mark: now, y: y + AXIS_HEIGHT, titled });
      }
    }
  }
  return found;
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function paintLanes(context, scene) {
  for (const lane of scene.lanes.slice(1)) {
    const y = Math.round(lane.top + AXIS_HEIGHT) + 0.5;
    line(context, scene.palette.hairline, 0, y, scene.width, y);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function paintHeads(context, scene) {
  if (!scene.heads) return;
  const { palette, scale } = scene;
  const room = scale.left - 14;
  const widthOf = (text) => context.measureText(text).width;
  for (const { lane, top, height } of scene.lanes) {
    context.fillStyle = palette.paper;
    context.fillRect(0, top + AXIS_HEIGHT + 1, scale.left - 1, height - 1);
    const y = top + AXIS_HEIGHT + 18;
    const count = lane.count.toLocaleString("en");
    const alone = height < ROW + LINE;
    context.font = font(palette, TITLE_SIZE, "600");
    context.fillStyle = palette.ink;
    const most = height < ROW + 2 * LINE ? 1 : 2;
    const lines = wrapped(lane.label, alone ? room - 34 : room, most, widthOf);
    lines.forEach((text, n) => context.fillText(text, 0, y + n * LINE));
    context.font = font(palette, COUNT_SIZE);
    context.fillStyle = palette.quiet;
    // A lane of one row has its count beside its name.
    if (alone) context.fillText(count, room - widthOf(count), y);
    else context.fillText(count, 0, y + lines.length * LINE);
  }
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

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function paintBins(context, scene) {
  const { bins, scale, palette, barsHeight } = scene;
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
      const [possible, certain] = [counts.possible[n], counts.certain[n]].map((c) => ((barsHeight - 4) * c) / most);
      context.fillStyle = palette.bar;
      context.fillRect(x0, base - possible, wide, possible);
      context.fillStyle = palette.edge;
      context.fillRect(x0, base - certain, wide, certain);
      // What is only possible is light, within an outline that can be seen.
      context.fillRect(x0, base - possible, wide, 1);
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {InView[]} inView */
function paintTitles(context, scene, inView) {
  const { palette, scale, widthOf, marked } = scene;
  context.font = font(palette, TITLE_SIZE);
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = palette.paper;
  for (const { event, x, y, room, onBar } of placeTitles(inView, widthOf, scale, marked)) {
    const text = shortened(event.title, room, widthOf);
    if (onBar) {
      context.fillStyle = palette.paper;
      context.fillRect(x - 3, y - LINE / 2, widthOf(text) + 6, LINE);
    }
    context.strokeText(text, x, y + 4.2);
    context.fillStyle = event.id === marked ? palette.accent : palette.ink;
    context.fillText(text, x, y + 4.2);
  }
}
