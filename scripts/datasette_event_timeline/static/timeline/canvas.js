/** Canvases, sharp on every screen and as large as the reader's text. */

/** The root font size, in pixels, at which one unit of a drawing is one pixel. */
const USUAL_SIZE = 17;

/** @returns {number} pixels in one unit of a drawing: all of it grows with the reader's text */
export function unitNow() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_SIZE;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} wide in units
 * @param {number} high in units
 * @param {number} unit pixels in one of them
 * @returns {CanvasRenderingContext2D} cleared
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
