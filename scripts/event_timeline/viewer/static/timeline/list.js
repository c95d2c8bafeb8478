/** The list beside the drawings: fetched as the page that a reader without scripts gets. */

export class List {
  /**
   * @param {Document | HTMLElement} root holds the parts that follow the view, each with an id
   * @param {(id: string | null) => void} onPoint
   */
  constructor(root, onPoint) {
    this.root = root;
    /** @type {AbortController | null} */
    this.asked = null;
    const pointed = (event) => onPoint(event.target.closest?.("[data-event]")?.dataset.event ?? null);
    for (const type of ["pointerover", "focusin"]) root.addEventListener(type, pointed);
    for (const type of ["pointerleave", "focusout"]) root.addEventListener(type, () => onPoint(null));
  }

  /** @param {string} address of the page whose parts replace those shown */
  async load(address) {
    this.asked?.abort();
    this.asked = new AbortController();
    const response = await fetch(address, { signal: this.asked.signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
  }

  /** @param {string | null} id of the event pointed at elsewhere */
  mark(id) {
    for (const item of this.root.querySelectorAll(".pointed")) item.classList.remove("pointed");
    if (id !== null) this.item(id)?.classList.add("pointed");
  }

  /** @param {string} id @returns {Element | null} */
  item(id) {
    return this.root.querySelector(`[data-event="${CSS.escape(id)}"]`);
  }
}
