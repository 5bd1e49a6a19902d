// The two ways to the workspace: what is seen comes as a stream, what is done goes as posts, one after another.

let source = null;
let queue = Promise.resolve();

/** Watch the workspace as a person; `show` gets every picture of it, `lost` whether the stream is broken. */
export function watch(person, show, lost) {
  source?.close();
  source = new EventSource(`stream?person=${encodeURIComponent(person)}`);
  source.onopen = () => lost(false);
  source.onerror = () => lost(true);
  source.onmessage = (event) => show(JSON.parse(event.data));
}

/** Do something, after all that was done before; rejects with a sentence. */
export function send(name, body) {
  const done = queue.then(() => post(name, body));
  queue = done.catch(() => undefined);
  return done;
}

/** Ask something at once. */
export async function post(name, body) {
  let answer;
  try {
    answer = await fetch(`do/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The playground does not answer. Is it still running?");
  }
  const said = await answer.json();
  if (said.problem) throw new Error(said.problem);
  return said.done;
}

/** Read something. */
export async function read(address, query = {}) {
  const answer = await fetch(`${address}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error("The playground could not answer that.");
  return answer.json();
}
