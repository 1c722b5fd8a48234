// Copy buttons of pages that the server draws: they show once a script is
// there to copy. A page has its own words for what came of it.

const shown = 1500; // milliseconds

// copies shows the buttons of a part of the page.
export function copies(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

// reads selects the text beside a button, for who must copy by hand.
function reads(button) {
  const text = button.parentElement.querySelector("b, [data-copied-text]");
  if (text) getSelection().selectAllChildren(text);
}

async function copy(button) {
  const region = document.querySelector("[data-testid=live-region]");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return reads(button); // plain http on the network has no clipboard
  }
  region.textContent = region.dataset.copied;
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, shown);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});
copies(document);
