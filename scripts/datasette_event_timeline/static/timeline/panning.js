/** Buttons that move the map, for whoever cannot drag it (WCAG 2.5.7). */

import { isStill } from "./motion.js";

/** Each arrow, its words, and how far it moves, in parts of what is shown. */
const MOVES = [
  ["\u2190", "Move west", -0.4, 0],
  ["\u2191", "Move north", 0, -0.4],
  ["\u2193", "Move south", 0, 0.4],
  ["\u2192", "Move east", 0.4, 0],
];

/** @param {any} map of Leaflet's @returns {HTMLElement} beside it, so that they hide none of its marks */
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
