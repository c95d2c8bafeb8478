/** Hues and glyphs. Each kind of event has both, so that no reader depends on colour alone. */

const ARM = 0.38;

/**
 * The glyph of each kind, in the order of the kinds: its corners relative to its middle, in units of
 * its radius. No glyph looks like a disc, which stands for a number, or like a bar, which stands for time.
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
  // Of kinds without a glyph of their own, and of events without a kind.
  plain: [[-0.4, -1], [0.4, -1], [1, -0.4], [1, 0.4], [0.4, 1], [-0.4, 1], [-1, 0.4], [-1, -0.4]],
};
export const GLYPHS = Object.keys(OUTLINES);

/** The custom properties of the style sheet that a palette reads. */
const TAKEN = /** @type {const} */ (["paper", "raised", "ink", "quiet", "hairline", "edge", "bar", "accent", "sans"]);
/** @typedef {Record<typeof TAKEN[number], string> & { hues: string[] }} Palette */

/** @param {Element} element @returns {Palette} its present colours, light or dark */
export function paletteOf(element) {
  const style = getComputedStyle(element);
  const value = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const named = TAKEN.map((name) => [name, value(name)]);
  return { ...Object.fromEntries(named), hues: GLYPHS.map((_, n) => value(`hue-${n + 1}`)) };
}

/**
 * @param {{ value: string }[]} kinds
 * @param {string | undefined} kind
 * @returns {number} the index of the kind's hue and glyph; the last one for a kind that is not in the list
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
