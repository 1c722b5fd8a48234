// What a dialog does with the focus: it takes it, keeps it while it is open,
// and gives it back to what opened it.

const stops = "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex='0']";
const open = []; // the dialogs on the page, the newest last

const within = (element) => [...element.querySelectorAll(stops)].filter((e) => e.tabIndex >= 0 && e.checkVisibility());

// trap is given to a dialog as its ref.
export function trap(element) {
  if (!element) return queueMicrotask(giveBack); // it is told before it is gone
  open.push({ element, before: document.activeElement });
  const stop = element.querySelector("[data-first]") || element.querySelector("input, select, textarea") || element.querySelector("[aria-checked=true]") || within(element)[0];
  stop?.focus({ preventScroll: true });
}

function giveBack() {
  const gone = open.findIndex((d) => !d.element.isConnected);
  if (gone < 0) return;
  const [{ before }] = open.splice(gone, 1);
  if (before?.isConnected) before.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  const top = open.at(-1);
  if (event.key !== "Tab" || !top?.element.isConnected) return;
  const all = within(top.element);
  if (!all.length) return event.preventDefault();
  const inside = top.element.contains(document.activeElement);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (inside && document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0]).focus();
});
