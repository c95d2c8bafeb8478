/** Hues and glyphs: each kind of event has one of each, so that neither is needed alone. */

const ARM = 0.38;

/**
 * How the glyph of each kind is drawn, in the order of the kinds: corners from its middle, in
 * units of its radius. None looks like a disc, which is a number, nor like a bar, which is time.
 * @type {Record<string, [number, number][]>}
 */
export const OUTLINES = {
  cross: [
    [-ARM, -1.1], [ARM, -1.1], [ARM, -ARM], [1.1, -ARM], [1.1, ARM], [ARM, ARM],
    [ARM, 1.1], [-ARM, 1.1], [-ARM, ARM], [-1.1, ARM], [-1.1, -ARM], [-ARM, -ARM],
  ],
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  down: [[-1.15, -0.9], [1.15, -0.9], [0, 1.15]],
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  up: [[-1.15, 0.9], [1.15, 0.9], [0, -1.15]],
  post: [[-0.5, -1.25], [0.5, -1.25], [0.5, 1.25], [-0.5, 1.25]],
  slash: [[0.35, -1.15], [1.25, -1.15], [-0.35, 1.15], [-1.25, 1.15]],
  hourglass: [[-1.05, -1.1], [1.05, -1.1], [0.2, 0], [1.05, 1.1], [-1.05, 1.1], [-0.2, 0]],
};
export const GLYPHS = Object.keys(OUTLINES);

/**
 * @typedef {object} Palette
 * @property {string} paper
 * @property {string} raised
 * @property {string} ink
 * @property {string} quiet
 * @property {string} hairline
 * @property {string} edge
 * @property {string} bar
 * @property {string} accent
 * @property {string} sans
 * @property {string[]} hues
 */

/** @param {Element} element @returns {Palette} the colours in force, light or dark */
export function paletteOf(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: value("paper"),
    raised: value("raised"),
    ink: value("ink"),
    quiet: value("quiet"),
    hairline: value("hairline"),
    edge: value("edge"),
    bar: value("bar"),
    accent: value("accent"),
    sans: value("sans"),
    hues: GLYPHS.map((_, n) => value(`hue-${n + 1}`)),
  };
}

/**
 * @param {{ value: string }[]} kinds
 * @param {string | undefined} kind
 * @returns {number} the place of a kind's hue and glyph; the last for a kind not listed
 */
export function kindIndex(kinds, kind) {
  const index = kinds.findIndex(({ value }) => value === kind);
  return index < 0 || index >= GLYPHS.length ? GLYPHS.length - 1 : index;
}

/**
 * Trace a glyph as a path.
 * @param {CanvasRenderingContext2D} context
 * @param {string} glyph
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function traceGlyph(context, glyph, x, y, r) {
  context.beginPath();
  for (const [dx, dy] of OUTLINES[glyph]) context.lineTo(x + dx * r, y + dy * r);
  context.closePath();
}
