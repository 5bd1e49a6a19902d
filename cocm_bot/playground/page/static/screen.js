// A screen of the bot's: a message, a modal or the App Home, with the way back to the bot.

import { entriesOf } from "./entries.js";
import { post, send } from "./stream.js";

/** What blocks need to be drawn and used; `address` says where they stand, `redraw` draws them anew. */
export function screenOf(seen, address, { held, errors = {} }, redraw) {
  const where = { person: seen.me, ...address };
  const entries = entriesOf(where);
  return {
    names: { ...seen.names, zone: seen.zone },
    held,
    errors,
    entries,
    redraw,
    where,
    act: (chosen) => tried(send("act", { ...where, entered: entries.take(), chosen })),
    suggest: async (block, action, query) => (await tried(post("suggest", { ...where, block, action, query }))) ?? [],
  };
}

/** What was done; when it could not be, the reason is said and nothing returned. */
export async function tried(deed) {
  try {
    return await deed;
  } catch (error) {
    document.dispatchEvent(new CustomEvent("problem", { detail: error.message }));
    return undefined;
  }
}
