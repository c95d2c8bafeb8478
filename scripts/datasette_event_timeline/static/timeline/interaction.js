/** Turns wheel, pointer and key events on the canvas into movements of the view. */

import { isStill } from "./motion.js";

const WHEEL_STEP = 0.0016;
const KEY_ZOOM = 1.5;
const KEY_PAN = 0.15;
/** A pointer that moves less than this many pixels is a tap. */
const TAP = 5;
/** Two fingers closer than this, in pixels, do not zoom. */
const CLOSEST = 8;
/** A finger that rested this long before it was lifted was not a flick. */
const REST_MS = 80;
/** The share of its speed that a flick keeps after one millisecond. */
const FRICTION = 0.995;

/**
 * @typedef {object} Movements
 * @property {(x: number, factor: number) => void} zoom around a pixel
 * @property {(pixels: number) => void} pan
 * @property {(step: number) => void} choose the next or the previous event
 * @property {() => void} whole show the whole period
 * @property {() => void} held a pointer has begun a movement
 * @property {() => unknown} settled a movement has ended
 * @property {(x: number, y: number) => void} point
 * @property {() => void} leave
 * @property {(x: number, y: number, event: PointerEvent) => void} tap
 * @property {() => void} open
 */

export function listen(element, movements) {
  listenToWheel(element, movements);
  listenToPointers(element, movements);
  listenToKeys(element, movements);
}

/**
 * Without Ctrl the wheel scrolls the page, unless the timeline has the focus: otherwise readers
 * who scroll down the page would be stopped by the timeline.
 * @param {HTMLElement} element
 * @param {Movements} movements
 */
function listenToWheel(element, { zoom, pan, settled }) {
  let timer = 0;
  element.addEventListener(
    "wheel",
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const meant = event.ctrlKey || event.metaKey || element.contains(document.activeElement);
      if (!sideways && !meant) return;
      event.preventDefault();
      const pixels = event.deltaMode ? 18 : 1;
      if (sideways || event.shiftKey) pan(-(event.deltaX || event.deltaY) * pixels);
      else zoom(placeOf(element, event).x, Math.exp(-event.deltaY * pixels * WHEEL_STEP));
      clearTimeout(timer);
      timer = setTimeout(settled, 160);
    },
    { passive: false },
  );
}

/**
 * @param {HTMLElement} element
 * @param {MouseEvent} event
 * @returns {{x: number, y: number}} the pointer's position relative to the element's corner
 */
function placeOf(element, event) {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/**
 * One pointer drags, two pinch, and one that does not move taps.
 * @param {HTMLElement} element
 * @param {Movements} movements
 */
function listenToPointers(element, movements) {
  /** @type {Map<number, {x: number, y: number}>} */
  const down = new Map();
  let start = { x: 0, y: 0 };
  let moved = false;
  let speed = 0;
  let last = 0;
  let flick = 0;

  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    cancelAnimationFrame(flick);
    // Receive the pointer's events until it is lifted, even outside the element.
    element.setPointerCapture(event.pointerId);
    const now = placeOf(element, event);
    down.set(event.pointerId, now);
    if (down.size === 1) {
      start = now;
      moved = false;
      speed = 0;
    }
  });
  element.addEventListener("pointermove", (event) => {
    const now = placeOf(element, event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") movements.point(now.x, now.y);
      return;
    }
    if (!moved && Math.hypot(now.x - start.x, now.y - start.y) < TAP && down.size === 1) return;
    if (!moved) movements.held();
    moved = true;
    if (down.size === 2) pinch(down, event.pointerId, now, movements);
    else movements.pan(now.x - before.x);
    speed = down.size === 2 ? 0 : (now.x - before.x) / Math.max(1, event.timeStamp - last);
    last = event.timeStamp;
    down.set(event.pointerId, now);
  });
  const up = (/** @type {PointerEvent} */ event) => {
    if (!down.delete(event.pointerId) || down.size) return;
    const isFlick = event.pointerType === "touch" && Math.abs(speed) > 0.3 && event.timeStamp - last < REST_MS;
    if (!moved && event.type === "pointerup") movements.tap(start.x, start.y, event);
    if (moved && isFlick && !isStill()) glide(speed, movements, (frame) => (flick = frame));
    // This includes a finger that has stopped a flick.
    else movements.settled();
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  // A lifted finger also fires pointerleave, but the card of its tap must stay.
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") movements.leave();
  });
}

/**
 * @param {Map<number, {x: number, y: number}>} down the last position of each finger
 * @param {number} moving the finger that moved
 * @param {{x: number, y: number}} now its new position
 * @param {Movements} movements
 */
function pinch(down, moving, now, { zoom, pan }) {
  const [, still] = [...down].find(([id]) => id !== moving);
  const before = down.get(moving);
  const apart = Math.hypot(before.x - still.x, before.y - still.y);
  const nowApart = Math.hypot(now.x - still.x, now.y - still.y);
  if (apart > CLOSEST) zoom((before.x + still.x) / 2, Math.max(0.2, nowApart / apart));
  pan((now.x - before.x) / 2);
}

/**
 * @param {number} speed in pixels a millisecond
 * @param {Movements} movements
 * @param {(frame: number) => void} onFrame receives each requested animation frame
 */
function glide(speed, { pan, settled }, onFrame) {
  let last = performance.now();
  const step = (/** @type {number} */ now) => {
    const passed = now - last;
    last = now;
    pan(speed * passed);
    speed *= FRICTION ** passed;
    if (Math.abs(speed) > 0.03) onFrame(requestAnimationFrame(step));
    else settled();
  };
  onFrame(requestAnimationFrame(step));
}

function listenToKeys(element, { zoom, pan, choose, whole, open, settled, leave }) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width } = element.getBoundingClientRect();
    /** @type {Record<string, () => unknown>} */
    const keys = {
      ArrowLeft: () => pan(width * KEY_PAN),
      ArrowRight: () => pan(-width * KEY_PAN),
      "+": () => zoom(width / 2, KEY_ZOOM),
      "=": () => zoom(width / 2, KEY_ZOOM),
      "-": () => zoom(width / 2, 1 / KEY_ZOOM),
      0: whole,
      Home: whole,
      ArrowDown: () => choose(1),
      ArrowUp: () => choose(-1),
      Enter: open,
      Escape: leave,
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
    settled();
  });
}
