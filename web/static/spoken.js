// What is said to those who do not see the page, each thing once.

let begun = ""; // the window that was spoken of last
let mark = 0;

// say puts words into the page's one live region.
export function say(words) {
  document.querySelector("[data-testid=live-region]").textContent = words;
}

// marks says at the beginning of a window how long it is, and when a minute
// is left, ten seconds, nothing. Time that is given back is not spoken of.
export function marks(window, words, left) {
  const { soon, ten, ended } = document.querySelector("[data-testid=live-region]").dataset;
  const now = [60000, 10000, 0].filter((from) => left <= from).length;
  if (window !== begun) say(words);
  else if (now > mark) say([soon, ten, ended][now - 1]);
  begun = window;
  mark = now;
}
