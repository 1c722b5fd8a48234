// What is told by the simulator's stream and by no phone's own line: codes that
// come and go, phones that are added, changed and removed.

// follow calls the functions that are given by kind, with what is told, and
// again each time the line is there anew: what was told meanwhile is missed.
export function follow(prefix, told, again) {
  const source = new EventSource(`${prefix}/sim/v1/stream?kinds=${Object.keys(told).join(",")}`);
  if (again) source.onopen = () => again();
  for (const [kind, hear] of Object.entries(told)) source.addEventListener(kind, (event) => hear(JSON.parse(event.data)));
  return () => source.close();
}

// spared does something at most ten times a second, however often it is asked.
export function spared(act) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    setTimeout(() => ((waits = false), act()), 100);
  };
}

// Codes keeps the codes on the desk fresh while they are looked at. A browser
// lends a page few such lines, so that none is held without need.
export class Codes {
  constructor(device) {
    this.device = device;
    this.fresh = spared(() => device.do.desk());
  }

  // look is called after every change.
  look() {
    const scans = this.device.s.screen === "scan";
    if (scans && !this.end) this.end = follow(this.device.boot.prefix, { qr: this.fresh, payment: this.fresh }, this.fresh);
    if (scans || !this.end) return;
    this.end();
    this.end = null;
  }
}
