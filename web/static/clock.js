// The server's clock, as far as a page can know it: the time of the last
// message, and how fast it passes. No page decides anything by it.

export class Clock {
  // told takes {now, speed, frozen} as the server says it.
  told({ now, speed, frozen }) {
    this.base = Date.parse(now);
    this.pace = frozen ? 0 : speed;
    this.speed = speed;
    this.frozen = Boolean(frozen);
    this.at = performance.now();
  }

  // now is the simulated time in milliseconds.
  now() {
    return this.base + (performance.now() - this.at) * this.pace;
  }

  // left is what remains until a time: never below zero, and never more than
  // there was at the start, however late the news of the clock came.
  left(deadline, since) {
    const end = Date.parse(deadline);
    const whole = since ? end - Date.parse(since) : Infinity;
    return Math.min(whole, Math.max(0, end - this.now()));
  }
}

// ringState names the colour of a countdown: calm, soon, last.
export function ringState(ms) {
  if (ms > 120000) return "calm";
  return ms > 60000 ? "soon" : "last";
}
