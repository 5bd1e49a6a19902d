// What is held down, by pointer or space bar: a press is lost where something is drawn again under it.

const PRESSED = "button, [type=checkbox], [type=radio]";
let pressing = false;
let waiting = false;

const release = () => setTimeout(() => {
  pressing = false;
  if (waiting) document.dispatchEvent(new Event("redraw"));
  waiting = false;
});

document.addEventListener("pointerdown", () => { pressing = true; }, true);
document.addEventListener("keydown", (event) => { pressing ||= event.key === " " && event.target.matches(PRESSED); }, true);
for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, release, true);
// who turns to another window lets go there
window.addEventListener("blur", release);

/** Tell whether something is pressed; if so, everything is drawn again once it is let go. */
export function held() {
  waiting ||= pressing;
  return pressing;
}
