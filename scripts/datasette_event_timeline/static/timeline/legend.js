/** The last part of the legend: the meaning of each colour, glyph and size on this timeline. */

import { FEWEST_SHOWN, GLYPH_RADIUS, discRadius } from "./marks.js";
import { GLYPHS, OUTLINES, kindIndex } from "./palette.js";

/** @import { Drawing } from "./data.js" */

const SVG = "http://www.w3.org/2000/svg";
const SIZES = [FEWEST_SHOWN, 100, 1000];

/** @param {HTMLElement} element @param {Drawing} drawing */
export function showLegend(element, drawing) {
  const list = document.createElement("ul");
  list.className = "kinds";
  // Kinds without a glyph of their own share the last one.
  const byGlyph = Map.groupBy(drawing.kinds, ({ value }) => kindIndex(drawing.kinds, value));
  for (const [index, kinds] of byGlyph) {
    list.append(entry(glyph(index), kinds.map(({ label }) => label).join(", ")));
  }
  if (drawing.events.some((event) => event.figure && event.sized)) {
    for (const killed of SIZES) list.append(entry(disc(killed, drawing.largest), sizeWords(killed)));
  }
  element.replaceChildren(list);
}

/** @param {number} killed @returns {string} */
function sizeWords(killed) {
  const count = killed.toLocaleString("en");
  return killed === FEWEST_SHOWN ? `${count} killed or fewer` : `${count} killed`;
}

/** @param {number} index @returns {SVGElement} */
function glyph(index) {
  const corners = OUTLINES[GLYPHS[index]].map(([x, y]) => `${8 + x * GLYPH_RADIUS},${8 + y * GLYPH_RADIUS}`);
  return svg(16, shape("polygon", { points: corners.join(" "), fill: `var(--hue-${index + 1})` }));
}

/** @param {number} killed @param {number} largest @returns {SVGElement} */
function disc(killed, largest) {
  const r = discRadius(killed, largest);
  const size = Math.ceil(2 * r + 2);
  return svg(size, shape("circle", { cx: size / 2, cy: size / 2, r, fill: "var(--hue-8)" }));
}

/** @param {SVGElement} sign @param {string} label */
function entry(sign, label) {
  const item = document.createElement("li");
  item.append(sign, ` ${label}`);
  return item;
}

/** @param {number} size @param {SVGElement} content */
function svg(size, content) {
  const element = shape("svg", { width: size, height: size, "aria-hidden": "true" });
  element.append(content);
  return element;
}

/** @param {string} name @param {Record<string, unknown>} attributes @returns {SVGElement} */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
