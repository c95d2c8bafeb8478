/** Sizes canvases for the screen's pixel density and the reader's text size. */

/** Root font size in pixels at which one unit of a drawing is one pixel. */
const USUAL_SIZE = 17;

/** @returns {number} pixels in one unit of a drawing; drawings grow with the reader's text size */
export function unitNow() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_SIZE;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} wide in units
 * @param {number} high in units
 * @param {number} unit pixels in one unit
 * @returns {CanvasRenderingContext2D} the context of the cleared canvas
 */
export function sized(canvas, wide, high, unit) {
  const dots = (window.devicePixelRatio || 1) * unit;
  const [width, height] = [Math.round(wide * dots), Math.round(high * dots)];
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
    canvas.style.height = `${high * unit}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(dots, 0, 0, dots, 0, 0);
  context.clearRect(0, 0, wide, high);
  return context;
}
