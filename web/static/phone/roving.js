// Groups of choices are one stop of the Tab key; the arrow keys move in them.

function next(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = [...event.currentTarget.querySelectorAll("[role=radio]:not([aria-disabled=true])")];
  const at = all.indexOf(event.target);
  if (!step || at < 0) return null;
  event.preventDefault();
  event.stopPropagation();
  const to = all[(at + step + all.length) % all.length];
  to.focus();
  return to;
}

// roved chooses what an arrow key moves to.
export const roved = (event) => next(event)?.click();

// walked only moves: for a group whose choice leads away.
export const walked = (event) => void next(event);

// stop is the tabindex of a choice: that of the chosen one, or of the first
// where none is.
export const stop = (chosen, first) => (chosen || first ? 0 : -1);
