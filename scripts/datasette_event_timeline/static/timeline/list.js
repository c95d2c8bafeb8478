/** The list beside the drawings, loaded from the page that the server renders without JavaScript. */

import { Requests } from "./requests.js";

export class List {
  /**
   * @param {Document | HTMLElement} root contains the parts to be updated, each with an id
   * @param {(id: string | null) => void} onPoint
   */
  constructor(root, onPoint) {
    this.root = root;
    this.requests = new Requests();
    const pointed = (/** @type {any} */ event) => onPoint(event.target.closest?.("[data-event]")?.dataset.event ?? null);
    for (const type of ["pointerover", "focusin"]) root.addEventListener(type, pointed);
    for (const type of ["pointerleave", "focusout"]) root.addEventListener(type, () => onPoint(null));
  }

  /** @param {string} address of the page with the new parts */
  async load(address) {
    const page = new DOMParser().parseFromString(await this.requests.get(address), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
  }

  /** @param {string | null} id of the event under the pointer elsewhere */
  mark(id) {
    for (const item of this.root.querySelectorAll(".pointed")) item.classList.remove("pointed");
    if (id !== null) this.root.querySelector(`[data-event="${CSS.escape(id)}"]`)?.classList.add("pointed");
  }
}
