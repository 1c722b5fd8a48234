// Keys of a page: what they do, and the list of them that ? shows.
import { html, useState, useEffect } from "../vendor/preact-htm.js";

// Keys takes rows of a key, what it does in words, and the doing.
export function Keys({ all }) {
  const [shown, show] = useState(false);
  useEffect(() => {
    const pressed = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
      if (event.key === "?") return show(true);
      all.find(([key]) => key.toLowerCase() === event.key.toLowerCase())?.[2]();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  const open = (dialog) => dialog && !dialog.open && dialog.showModal();
  return shown && html`<dialog class="keys" ref=${open} onClose=${() => show(false)} aria-labelledby="keys-title" data-testid="key-list"><h2 id="keys-title">Keys</h2>
    <dl>${[...all, ["?", "This list of keys"]].map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl><form method="dialog"><button class="btn wide">Close</button></form></dialog>`;
}
