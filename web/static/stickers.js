// The sheet of stickers: a button that prints it.
document.querySelector("[data-testid=sticker-print]").addEventListener("click", () => print());
document.documentElement.dataset.ready = "true";
