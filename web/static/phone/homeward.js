// The way back to the shop of a payment whose link was opened on this phone:
// the phone leads home then, and no other page does.

const seconds = 3;

// Homeward counts down once a payment has ended, and goes; once for a
// payment, and not after it was stopped.
export class Homeward {
  constructor(device) {
    this.device = device;
    this.done = new Set();
  }

  // look is called after every change.
  look() {
    const { s } = this.device;
    const r = s.requests.find((o) => o.id === s.linked);
    const over = r && ["APPROVED", "DECLINED", "EXPIRED", "TERMINATED"].includes(r.state);
    if (!over || !r.returnUrl || this.done.has(r.id) || !["success", "expired", "cancelled", "declined"].includes(s.screen)) return;
    this.done.add(r.id);
    this.count(r, seconds);
  }

  count(r, left) {
    const { device } = this;
    device.set({ homeIn: left });
    if (left === 0) return device.do.home(r.returnUrl);
    this.ticking = setTimeout(() => this.count(r, left - 1), 1000);
  }

  stop() {
    clearTimeout(this.ticking);
    this.device.set({ homeIn: null });
  }
}
