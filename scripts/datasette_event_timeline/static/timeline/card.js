/** The card beside a mark: one event in four lines of text. */

/** @import { Event } from "./data.js" */

export class Card {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
  }

  /**
   * @param {Event} event
   * @param {boolean} held whether it stays open, so that a finger can tap its link
   */
  show(event, held) {
    const link = document.createElement("a");
    link.href = event.url;
    link.textContent = event.title;
    const place = event.place || "";
    const killed = event.figure && event.figure !== "no figure" ? `${event.figure} killed (${event.killed_scope})` : "";
    const kind = [event.kind, event.status === "confirmed" ? "" : event.status];
    this.element.replaceChildren(
      part("when", event.words),
      part("what", link),
      part("where", [place, killed].filter(Boolean).join(" · ")),
      part("how", kind.filter(Boolean).join(" · ")),
    );
    this.element.classList.toggle("held", held);
    this.element.hidden = false;
  }

  /** @param {number} x the mark's middle, in pixels within the element's parent @param {number} y */
  place(x, y) {
    const room = this.element.parentElement.clientWidth;
    const wide = this.element.offsetWidth;
    const left = Math.max(0, Math.min(x - wide / 2, room - wide));
    const above = y - this.element.offsetHeight - 14;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${above < 0 ? y + 16 : above}px`;
  }

  hide() {
    this.element.hidden = true;
  }
}

/** @param {string} name @param {string | Node} content */
function part(name, content) {
  const element = document.createElement("span");
  element.className = name;
  element.dir = "auto";
  element.append(content);
  return element;
}
