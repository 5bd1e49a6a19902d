// Buttons that are held down, by pointer or space bar: what is redrawn under one would lose the press.

let pressing = false;
let waiting = false;

const release = () => setTimeout(() => {
  pressing = false;
  if (waiting) document.dispatchEvent(new Event("redraw"));
  waiting = false;
});

document.addEventListener("pointerdown", () => { pressing = true; }, true);
document.addEventListener("keydown", (event) => { pressing ||= event.key === " " && event.target.matches("button"); }, true);
for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, release, true);
// who turns to another window lets go there
window.addEventListener("blur", release);

/** Tell whether a button is pressed; if so, everything is drawn again once it is let go. */
export function held() {
  waiting ||= pressing;
  return pressing;
}
