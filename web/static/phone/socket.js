// The phone's line to the simulator: one websocket, connected again after
// 0.5, 1, 2, 4, then every 5 seconds.

const waits = [500, 1000, 2000, 4000, 5000];

export class Line {
  constructor(url, { message, state }) {
    this.url = url;
    this.message = message;
    this.state = state;
    this.tries = 0;
    this.asked = new Map();
    this.next = 1;
    this.connect();
  }

  connect() {
    clearTimeout(this.again);
    // Said only when it takes a while, so that a quick start does not flicker.
    this.slow = [setTimeout(() => this.state("connecting"), 1000), setTimeout(() => this.state("closed"), 5000)];
    this.socket = new WebSocket(this.url, "liksom.phone.v1");
    this.socket.onopen = () => {
      this.tries = 0;
      this.slow.forEach(clearTimeout);
      this.state("open");
    };
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = () => {
      this.slow.forEach(clearTimeout);
      this.state(this.tries < 2 ? "connecting" : "closed");
      for (const { reject } of this.asked.values()) reject({ code: "not_sent" });
      this.asked.clear();
      this.again = setTimeout(() => this.connect(), waits[Math.min(this.tries++, waits.length - 1)]);
    };
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
