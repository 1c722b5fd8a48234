// Contact with the simulator: hears what happens, and once that has broken off
// asks again and again, with a fresh look at the page each time.

const waits = [500, 1000, 2000, 4000, 5000]; // milliseconds before each try; the last before all further ones
const patience = 1000; // milliseconds before anybody is told

export class Contact {
  // address gives where to listen, nothing when there is no more to hear;
  // heard are what messages do, by name; fresh fetches what may have been
  // missed; tells hears true when contact is lost, and false when it is back.
  constructor({ address, heard, fresh, tells }) {
    Object.assign(this, { address, heard, fresh, tells, tries: 0, lost: false });
  }

  open() {
    this.close();
    const address = this.address();
    if (!address) return;
    this.source = new EventSource(address);
    for (const [name, act] of Object.entries(this.heard)) this.source.addEventListener(name, act);
    this.source.onopen = () => this.back();
    this.source.onerror = () => this.broke();
  }

  close() {
    this.source?.close();
    clearTimeout(this.next);
    clearTimeout(this.notice);
    this.notice = null;
  }

  back() {
    clearTimeout(this.notice);
    this.notice = null;
    this.tries = 0;
    this.lost = false;
    this.tells(false);
  }

  // broke is called for whatever was not answered.
  broke() {
    this.source?.close();
    this.lost = true;
    this.notice ??= setTimeout(() => this.tells(true), patience);
    clearTimeout(this.next);
    this.next = setTimeout(() => this.again(), waits[Math.min(this.tries++, waits.length - 1)]);
  }

  async again() {
    try {
      await this.fresh();
    } catch {
      return this.broke();
    }
    const { notice } = this;
    this.notice = null; // opening must not silence it
    this.open();
    this.notice = notice;
  }
}
