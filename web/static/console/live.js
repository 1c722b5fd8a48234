// What has changed: the simulator's stream of events where there is one, and
// asking again and again where there is none. Either way a page is told that
// something happened and asks for what it shows; it never trusts a message to
// be all it needs.
import { boot } from "./api.js";

const waits = [500, 1000, 2000, 4000, 5000];
// Lists follow at most this often, in milliseconds from one time to the next,
// however much happens; after a slow one there is a pause all the same.
const rest = 100;
const pause = 20;
// How often is asked where nothing streams.
const beat = 700;
// Whoever follows a change has so long, or is not waited for.
const enough = 5000;
// A line that is silent for so long is dead: the stream says that it is alive
// every 15 s.
const patience = 20000;

export class Live {
  constructor({ changed, state }) {
    this.changed = changed;
    this.state = state;
    this.tries = 0;
    this.streams = typeof TextDecoderStream === "function";
    this.connect();
  }

  connect() {
    clearTimeout(this.again);
    this.cut?.abort();
    if (!this.streams) return this.poll();
    this.late();
    const cut = (this.cut = new AbortController());
    this.listen(cut);
    this.read(boot.prefix + "/sim/v1/stream", this.last, cut.signal).catch(() => this.lost(cut));
  }

  // late says that there is no answer, a while after there was the last.
  late() {
    this.slow ||= [setTimeout(() => this.state("connecting"), 1000), setTimeout(() => this.state("closed"), 5000)];
  }

  // read follows the stream by hand: unlike EventSource this hears events of
  // every name, and tells a missing route from a lost line.
  async read(url, last, signal) {
    const answer = await fetch(url, { signal, headers: { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) } });
    if (!answer.ok || !/event-stream/.test(answer.headers.get("Content-Type") || "")) {
      this.streams = answer.status >= 500; // it is not there: ask instead
      return this.streams ? this.lost(this.cut) : this.poll();
    }
    this.up();
    const { cut } = this;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      this.listen(cut);
      const { value, done } = await reader.read();
      if (done) return this.lost(cut);
      const lines = (rest + value).split(/\r?\n/);
      rest = lines.pop(); // the beginning of a line whose end is on its way
      for (const line of lines) if (line.startsWith("id:")) this.last = line.slice(3).trim();
      if (lines.some((line) => line.startsWith("data:"))) this.tell();
    }
  }

  // listen gives the line up once it has been silent for too long.
  listen(cut) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => cut.abort(), patience);
  }

  // hold follows nothing any more until somebody asks for now: what is
  // followed is about to go away.
  hold() {
    this.held = true;
    clearTimeout(this.again);
  }

  // now tries again at once, for who does not want to wait.
  now() {
    this.held = false;
    this.tries = 0;
    this.slow?.forEach(clearTimeout);
    this.slow = null;
    this.state("connecting");
    this.connect();
  }

  async poll() {
    const began = performance.now();
    this.late();
    try {
      const answer = await fetch(boot.prefix + "/sim/v1/clock");
      if (!answer.ok) throw new Error();
      this.up();
    } catch {
      return this.lost(this.cut);
    }
    this.again = setTimeout(() => this.poll(), Math.max(100, beat - (performance.now() - began)));
  }

  up() {
    this.slow?.forEach(clearTimeout);
    this.slow = null;
    this.tries = 0;
    this.state("open");
    this.tell();
  }

  // lost tries again after a while, unless another line was opened meanwhile.
  lost(cut) {
    if (this.held || cut !== this.cut) return;
    clearTimeout(this.silence);
    this.late();
    clearTimeout(this.again);
    this.again = setTimeout(() => this.connect(), waits[Math.min(this.tries++, waits.length - 1)]);
  }

  // tell passes a change on at once, and those that follow it together.
  tell() {
    if (this.held) return;
    if (this.resting) return void (this.waiting = true);
    this.waiting = false;
    this.resting = true;
    const began = performance.now();
    Promise.race([this.changed(), new Promise((go) => setTimeout(go, enough))]).catch(() => {}).finally(() => setTimeout(() => {
      this.resting = false;
      if (this.waiting) this.tell();
    }, Math.max(pause, rest - (performance.now() - began))));
  }
}
