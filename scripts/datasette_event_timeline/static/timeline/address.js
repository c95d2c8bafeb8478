/** The address is the state: what it says of the view, and how the view is written into it. */

import { edtfInterval } from "./days.js";

/** Parameters that do not change what is drawn. */
const NOT_ASKED = ["_page", "_selected", "embed"];

export class Address {
  /** @param {string} page the path of the page whose address holds the state */
  constructor(page) {
    this.page = page;
  }

  /** @returns {URLSearchParams} what the address says now */
  get parameters() {
    return new URLSearchParams(location.search);
  }

  /** @returns {string} the window it names; blank for the whole time */
  get window() {
    return this.parameters.get("_window") ?? "";
  }

  /** @returns {URLSearchParams} what to ask for the drawing */
  question() {
    const parameters = this.parameters;
    for (const name of NOT_ASKED) parameters.delete(name);
    return parameters;
  }

  /**
   * @param {[number, number] | null} days the first and last day shown; null for all of them
   * @returns {string} the address of that view
   */
  withWindow(days) {
    const parameters = this.parameters;
    parameters.delete("_window");
    parameters.delete("_page");
    if (days) parameters.set("_window", edtfInterval(days[0], days[1]));
    // Slashes and colons may stand in a query, and read better.
    const query = parameters.toString().replaceAll("%2F", "/");
    return this.page + (query ? `?${query}` : "");
  }

  /** @param {[number, number]} days @returns {string} the page with only what is possibly in them */
  onlyWindow(days) {
    const parameters = this.parameters;
    for (const name of ["_window", "_next", "_page"]) parameters.delete(name);
    parameters.append("_possibly", edtfInterval(days[0], days[1]));
    return `${this.page}?${parameters.toString().replaceAll("%2F", "/")}`;
  }

  /**
   * @param {string[]} names of the filters for south, north, west and east
   * @param {number[]} sides their degrees
   * @returns {string} the page with only what is in an area
   */
  inArea(names, sides) {
    const parameters = this.parameters;
    parameters.delete("_page");
    names.forEach((name, n) => parameters.set(name, sides[n].toFixed(3)));
    return `${this.page}?${parameters}`;
  }

  /** @param {string} address @param {boolean} lasting whether "back" returns from it */
  show(address, lasting) {
    if (address === location.pathname + location.search) return;
    history[lasting ? "pushState" : "replaceState"](null, "", address);
  }
}

/**
 * Datasette's tilde-encoding: what is neither letter nor digit, - nor _ becomes ~ and two hex
 * digits, a space a plus.
 * @param {string | number} id
 * @returns {string} the id as part of a path
 */
export function encodeId(id) {
  let encoded = "";
  for (const byte of new TextEncoder().encode(String(id))) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9_-]/.test(character)) encoded += character;
    else if (character === " ") encoded += "+";
    else encoded += `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
