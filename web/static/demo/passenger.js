// The passenger's phone in the picture: a page of its own, which this one
// looks at and taps as a hand would. The taxi company knows nothing of it.

export const passenger = "4712345678";

const frame = () => document.querySelector("iframe")?.contentDocument;

// find looks on the phone, and in the page that the phone's browser shows.
function find(selector) {
  const inner = frame()?.querySelector("[data-testid=phone-browser]");
  return [frame(), inner?.contentDocument].map((d) => d?.querySelector(selector)).find(Boolean);
}

// screen names what the phone shows.
export const screen = () => frame()?.querySelector("[data-testid=phone]")?.dataset.screen;

// scan opens the phone's scanner, if it has nothing better to do.
export function scan() {
  if (screen() === "lock") find(".unlock")?.click();
  setTimeout(() => find("[data-testid=home-scan]")?.click(), 300);
}

// tap touches a button of the phone and marks the place; it tells whether the
// button was there.
export function tap(selector) {
  const button = find(selector);
  if (!button || button.disabled) return false;
  mark(button);
  button.click();
  return true;
}

function mark(button) {
  const box = button.getBoundingClientRect();
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  for (let w = button.ownerDocument.defaultView; w !== window; w = w.parent) {
    const around = w.frameElement.getBoundingClientRect();
    const scale = around.width / (w.frameElement.offsetWidth || around.width);
    at.x = around.x + at.x * scale;
    at.y = around.y + at.y * scale;
  }
  dot(at);
}

// touch marks a tap on this page itself.
export function touch(element) {
  const box = element?.getBoundingClientRect();
  if (box?.width) dot({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
}

function dot({ x, y }) {
  const spot = document.createElement("i");
  spot.className = "tapmark";
  spot.dataset.testid = "taxi-tap";
  spot.style.left = `${x + scrollX}px`;
  spot.style.top = `${y + scrollY}px`;
  document.body.append(spot);
  setTimeout(() => spot.remove(), 900);
}
