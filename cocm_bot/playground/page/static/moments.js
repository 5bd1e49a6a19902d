// Moments in words.

const formats = new Map();

/** A moment in words of a form, in a time zone. */
export function inWords(moment, zone, form, language = "en-US") {
  // to make a format takes a hundred times as long as to use it
  const key = JSON.stringify([zone, form, language]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { timeZone: zone, ...form }));
  return formats.get(key).format(moment);
}
