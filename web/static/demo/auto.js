// The ride by itself: it taps what a passenger and a driver would. Any touch
// stops it and leaves the ride as it is.

const taps = ["consent-allow", "pay-confirm", "success-done"];

export function play({ base, boot, drive, ended }) {
  const timers = [];
  const stop = () => {
    timers.forEach(clearTimeout);
    removeEventListener("pointerdown", touched, true);
    ended();
  };
  // The button that stops it is no touch of its own.
  const touched = (event) => event.isTrusted && !event.target.closest("[data-testid=taxi-auto]") && stop();
  const at = (seconds, work) => timers.push(setTimeout(work, seconds * 1000));
  const phone = () => document.querySelector("iframe").contentDocument;
  const tap = (id, tries = 20) => {
    const button = phone()?.querySelector(`[data-testid=${id}]`);
    if (button) return button.click();
    if (tries > 0) timers.push(setTimeout(() => tap(id, tries - 1), 250));
  };
  addEventListener("pointerdown", touched, true);
  at(0, () => drive("restart"));
  at(4, () => drive("end"));
  at(7, () => fetch(`${base}/pay?id=${boot.id}`, { method: "POST", body: new URLSearchParams({ phone: "4712345678" }) }));
  at(9, () => tap("push-open"));
  taps.forEach((id, i) => at(12 + 4 * i, () => tap(id)));
  at(25, stop);
  return stop;
}
