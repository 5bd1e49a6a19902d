// Buttons under the pointer: what is redrawn under a pressed one would lose the press.

let pressing = false;
let waiting = false;

document.addEventListener("pointerdown", () => { pressing = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => {
    pressing = false;
    if (waiting) document.dispatchEvent(new Event("redraw"));
    waiting = false;
  }), true);
}

/** Tell whether a button is pressed; if so, everything is drawn again once it is let go. */
export function held() {
  waiting ||= pressing;
  return pressing;
}
