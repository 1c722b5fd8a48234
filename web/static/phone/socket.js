// The phone's line to the simulator: one websocket, connected again after
// 0.5, 1, 2, 4, then every 5 seconds. It counts as lost once nobody has
// answered for 5 seconds.

const waits = [500, 1000, 2000, 4000, 5000];

export class Line {
  // message takes what the simulator says, state how the line is, and broken is
  // called each time it breaks.
  constructor(url, { message, state, broken }) {
    this.url = url;
    this.message = message;
    this.state = state;
    this.broken = broken;
    this.tries = 0;
    this.asked = new Map();
    this.next = 1;
    this.connect();
  }

  connect() {
    clearTimeout(this.again);
    this.wait();
    this.socket = new WebSocket(this.url, "liksom.phone.v1");
    this.socket.onopen = () => {
      this.tries = 0;
      this.slow.forEach(clearTimeout);
      this.slow = null;
      this.state("open");
    };
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = () => {
      for (const { reject } of this.asked.values()) reject({ code: "not_sent" });
      this.asked.clear();
      if (this.over) return;
      this.wait();
      this.broken();
      this.again = setTimeout(() => this.connect(), waits[Math.min(this.tries++, waits.length - 1)]);
    };
  }

  // wait tells of a line that is not there, but only once it takes a while, so
  // that a quick start does not flicker.
  wait() {
    this.slow ||= [setTimeout(() => this.state("connecting"), 1000), setTimeout(() => this.state("closed"), 5000)];
  }

  // end closes the line for good.
  end() {
    this.over = true;
    clearTimeout(this.again);
    this.slow?.forEach(clearTimeout);
    this.socket.close();
  }

  // retry connects at once, for somebody who would not wait for the next try.
  retry() {
    if (this.socket.readyState === WebSocket.CLOSED) this.connect();
  }

  take(message) {
    const waiting = this.asked.get(message.id);
    if (waiting && (message.type === "ok" || message.type === "error")) {
      this.asked.delete(message.id);
      return message.type === "ok" ? waiting.resolve(message) : waiting.reject(message);
    }
    this.message(message);
  }

  // say sends a message and gives the answer to it; it rejects with the error
  // message, or with the code not_sent.
  say(type, fields) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject({ code: "not_sent" });
    const id = "c" + this.next++;
    this.socket.send(JSON.stringify({ type, id, ...fields }));
    return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
  }
}
