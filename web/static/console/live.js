// What has changed: the simulator's stream of events where there is one, and
// asking again and again where there is none. Either way a page is told that
// something happened and asks for what it shows; it never trusts a message to
// be all it needs.
import { boot } from "./api.js";

const waits = [500, 1000, 2000, 4000, 5000];
// Lists follow at most this often, in milliseconds, however much happens.
const rest = 150;
// How often is asked where nothing streams.
const beat = 700;

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
    if (!this.streams) return this.poll();
    this.slow = [setTimeout(() => this.state("connecting"), 1000), setTimeout(() => this.state("closed"), 5000)];
    this.read(boot.prefix + "/sim/v1/stream", this.last).catch(() => this.lost());
  }

  // read follows the stream by hand: unlike EventSource this hears events of
  // every name, and tells a missing route from a lost line.
  async read(url, last) {
    const answer = await fetch(url, { headers: { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) } });
    if (!answer.ok || !/event-stream/.test(answer.headers.get("Content-Type") || "")) {
      this.streams = answer.status >= 500; // it is not there: ask instead
      return this.streams ? this.lost() : this.poll();
    }
    this.up();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) return this.lost();
      const lines = (rest + value).split(/\r?\n/);
      rest = lines.pop(); // the beginning of a line whose end is on its way
      for (const line of lines) if (line.startsWith("id:")) this.last = line.slice(3).trim();
      if (lines.some((line) => line.startsWith("data:"))) this.tell();
    }
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
    this.connect();
  }

  async poll() {
    const began = performance.now();
    try {
      const answer = await fetch(boot.prefix + "/sim/v1/clock");
      if (!answer.ok) throw new Error();
      this.up();
    } catch {
      return this.lost();
    }
    this.again = setTimeout(() => this.poll(), Math.max(100, beat - (performance.now() - began)));
  }

  up() {
    this.slow?.forEach(clearTimeout);
    this.tries = 0;
    this.state("open");
    this.tell();
  }

  lost() {
    if (this.held) return;
    this.slow?.forEach(clearTimeout);
    this.state(this.tries < 2 ? "connecting" : "closed");
    clearTimeout(this.again);
    this.again = setTimeout(() => this.connect(), waits[Math.min(this.tries++, waits.length - 1)]);
  }

  // tell passes a change on at once, and those that follow it together.
  tell() {
    if (this.held) return;
    if (this.resting) return void (this.waiting = true);
    this.waiting = false;
    this.resting = true;
    Promise.resolve(this.changed()).catch(() => {}).finally(() => setTimeout(() => {
      this.resting = false;
      if (this.waiting) this.tell();
    }, rest));
  }
}
