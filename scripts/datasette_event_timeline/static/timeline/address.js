/** Reads the state of the view from the page's address, and writes it there. */

import { edtfInterval } from "./days.js";

/** Parameters that do not change the drawing. */
const NOT_SENT = ["_page", "_selected", "embed"];

export class Address {
  /** @param {string} page the path of the page whose address holds the state */
  constructor(page) {
    this.page = page;
  }

  /** @returns {URLSearchParams} the parameters of the present address */
  get parameters() {
    return new URLSearchParams(location.search);
  }

  /** @returns {string} its window; blank for the whole period */
  get window() {
    return this.parameters.get("_window") ?? "";
  }

  /** @returns {URLSearchParams} the parameters of a request for the drawing's data */
  query() {
    const parameters = this.parameters;
    for (const name of NOT_SENT) parameters.delete(name);
    return parameters;
  }

  /**
   * @param {[number, number] | null} days the first and last day shown; null for the whole period
   * @returns {string} the address of that view
   */
  withWindow(days) {
    const parameters = this.parameters;
    parameters.delete("_window");
    parameters.delete("_page");
    if (days) parameters.set("_window", edtfInterval(days[0], days[1]));
    // A query may contain slashes, and they are easier to read.
    const query = parameters.toString().replaceAll("%2F", "/");
    return this.page + (query ? `?${query}` : "");
  }

  /** @param {[number, number]} days @returns {string} the page with only the events that are possibly in them */
  onlyWindow(days) {
    const parameters = this.parameters;
    for (const name of ["_window", "_next", "_page"]) parameters.delete(name);
    parameters.append("_possibly", edtfInterval(days[0], days[1]));
    return `${this.page}?${parameters.toString().replaceAll("%2F", "/")}`;
  }

  /**
   * @param {string[]} names of the filters for south, north, west and east
   * @param {number[]} sides their degrees
   * @returns {string} the page with only the events in that area
   */
  inArea(names, sides) {
    const parameters = this.parameters;
    parameters.delete("_page");
    names.forEach((name, n) => parameters.set(name, sides[n].toFixed(3)));
    return `${this.page}?${parameters}`;
  }

  /** @param {string} address @param {boolean} lasting whether it is a new entry in the browser's history */
  show(address, lasting) {
    if (address === location.pathname + location.search) return;
    history[lasting ? "pushState" : "replaceState"](null, "", address);
  }
}
