// What was typed and picked but not yet told: kept per screen, told soon, and always before a click.

import { send } from "./stream.js";

const SOON = 250;
const waiting = new Map();

export class Entries {
  constructor(address) {
    this.address = address;
    this.told = new Map();
    this.timer = 0;
  }

  set(block, action, value) {
    this.told.set(`${block}\n${action}`, { block, action, value });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), SOON);
  }

  /** What was typed here and is not told yet; undefined when nothing is. */
  untold(block, action) {
    return this.told.get(`${block}\n${action}`)?.value;
  }

  /** The entries still to be told, which the caller now tells. */
  take() {
    clearTimeout(this.timer);
    const entered = [...this.told.values()];
    this.told.clear();
    return entered;
  }

  tell() {
    if (this.told.size === 0) return;
    // a screen that has gone meanwhile takes its entries with it
    send("enter", { ...this.address, entered: this.take() }).catch(() => undefined);
  }
}

/** The entries of a screen, the same each time it is drawn. */
export function entriesOf(address) {
  const key = JSON.stringify(address);
  if (!waiting.has(key)) waiting.set(key, new Entries(address));
  return waiting.get(key);
}
