/** Buttons that move the map, for readers who cannot drag it (WCAG 2.5.7). */

import { isStill } from "./motion.js";

/** Each arrow, its label, and how far it moves the map, as a share of the view. */
const MOVES = [
  ["\u2190", "Move west", -0.4, 0],
  ["\u2191", "Move north", 0, -0.4],
  ["\u2193", "Move south", 0, 0.4],
  ["\u2192", "Move east", 0.4, 0],
];

/** @param {any} map a Leaflet map @returns {HTMLElement} the buttons, to be placed outside the map so that they cover no marks */
export function panningButtons(map) {
  const box = document.createElement("div");
  box.className = "panning moves";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Move the map");
  for (const [arrow, words, across, down] of MOVES) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = arrow;
    button.title = words;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => {
      const { x, y } = map.getSize();
      map.panBy([across * x, down * y], { animate: !isStill() });
    });
    box.append(button);
  }
  return box;
}
