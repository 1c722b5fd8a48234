// One phone: its line to the simulator, its state, and what a touch does. A
// page holds one, the wall many.
import { Line } from "./socket.js";
import { first, receive, recalled, opened, refused, pending, current, cardOf, steps, trying, placed, optionsOf } from "./state.js";
import { amount } from "../format.js";
import { say } from "./draw.js";
import { beep, buzz } from "./senses.js";
import { told as logged, seen as noted } from "./log.js";
import { picturesText, own } from "./scanner.js";
import { singleKeys } from "../console/prefs.js";
import { Homeward } from "./homeward.js";
import { announce } from "./senses.js";

const brands = { NO: "vipps", SE: "vipps", DK: "mobilepay", FI: "mobilepay" };

export class Device {
  // changed is called after every change, with the state before. What is set as
  // gone is called once the phone was removed.
  constructor({ phone, boot, clock, changed, line }) {
    this.boot = boot;
    this.clock = clock;
    this.changed = changed;
    this.s = { ...first(), phone };
    this.do = actionsOf(this);
    this.homeward = new Homeward(this);
    const base = boot.socketBase.replace(/^http/, "ws").replace(/^(?=\/)/, location.origin.replace(/^http/, "ws"));
    this.line = line || new Line(`${base}/sim/v1/phones/${phone.number}/ws`, {
      state: (state) => this.set({ line: state }),
      message: (m) => this.hear(m),
      broken: () => this.lookUp(),
    });
  }

  // lookUp finds out whether the phone itself is gone, whose line has broken.
  async lookUp() {
    const answer = await fetch(`${this.boot.prefix}/sim/v1/phones/${this.s.phone.number}`).catch(() => null);
    if (answer?.status !== 404 || this.line.over) return;
    this.line.end();
    this.gone?.();
  }

  get brand() {
    return brands[this.s.phone.market] || "vipps";
  }

  set(change) {
    const before = this.s;
    this.s = { ...before, ...change };
    this.changed(this, before);
  }

  text(key, values) {
    return say(this.s.phone.language, key, values);
  }

  notify(notice) {
    this.set({ notice });
    setTimeout(() => this.s.notice === notice && this.set({ notice: "" }), 4000);
  }

  // tell turns a refusal into words.
  tell(error) {
    const words = { not_sent: "ph.notsent", taken: "ph.taken", not_found: "ph.scan.failed" };
    this.notify(words[error.code] ? this.text(words[error.code]) : error.message || "");
  }

  hear(m) {
    if (m.type === "clock" || m.type === "hello") this.clock.told(m);
    const before = this.s;
    const log = logged(before, m, this.clock.now());
    this.s = { ...receive(before, m), log };
    if (m.type === "push") this.ring(m.request);
    if (m.type === "hello" || (m.type === "request" && m.request.state !== "PENDING")) this.do.recall();
    if (m.type === "phone" && this.s.screen === "me") this.do.sharing();
    for (const id of this.s.shown) if (!before.shown.includes(id)) this.line.say("ack", { requestId: id }).catch(() => {});
    const r = current(this.s);
    if (r && this.s.screen === "delivery" && before.screen !== "delivery") this.do.options(this.s.address);
    this.changed(this, before);
    this.homeward.look();
  }

  ring(r) {
    beep();
    buzz();
    announce(this.text("ph.push.title", { merchant: r.merchantName, amount: amount(this.s.phone.language, r.amount.currency, r.amount.value) }), r.description, r.id);
  }

  // view is what the screens are drawn from.
  view() {
    const { s } = this;
    return {
      s, clock: this.clock, lang: s.phone.language, owner: s.phone.name.split(" ")[0], wallet: this.boot.labels[this.brand],
      pushes: notifications(s), do: this.do, prefix: this.boot.prefix, address: this.boot.address, leads,
    };
  }
}

// notifications are the pushes on the screen that can still be answered.
export const notifications = (s) => s.shown.map((id) => s.requests.find((r) => r.id === id)).filter((r) => r?.state === "PENDING");

// leads tells whether a link may be followed: never into a script.
const leads = (url) => /^[a-z][a-z0-9+.-]*:/i.test(url) && !/^(javascript|data|vbscript|blob|file|about|filesystem|view-source):/i.test(url);

// browse opens a page as the phone's browser would: in its place on a real
// phone, else on the phone's own screen if it is one of ours, else beside the
// phone.
function browse(device, url) {
  if (!leads(url)) return;
  if ("alone" in document.documentElement.dataset) return location.assign(url);
  if (own(device.boot, url)) return device.set({ screen: "web", web: url });
  const tab = window.open(url, "_blank");
  if (tab) tab.opener = null;
  device.set({ screen: "opened", opened: { url, host: new URL(url).host, beside: Boolean(tab) } });
}

const paying = ["pay", "consent", "terms", "address", "delivery", "declined", "code"];
const away = ["home", "lock", "scan", "activity", "me"];

// patience is how long a shop may take to say what it delivers, in milliseconds.
const patience = 10000;
// glance is how long a picture stays in which no code was found.
const glance = 2000;

function actionsOf(device) {
  const get = () => device.s;
  const set = (change) => device.set(change);
  const line = () => device.line;
  const refusal = (error) => device.tell(error);
  const patch = (url, method, body) => fetch(device.boot.prefix + url, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) }).catch(() => null);

  const actions = {
    go(screen) {
      const r = current(get());
      if (r && paying.includes(get().screen) && away.includes(screen)) line().say("release", { requestId: r.id }).catch(() => {});
      set({ screen, pin: "", pinWrong: 0, notice: "", sheet: false, found: null });
      if (screen === "scan") actions.desk();
      if (screen === "me") actions.sharing();
    },
    // recall asks what this phone can look back on.
    async recall() {
      const answer = await fetch(`${device.boot.prefix}/phone/${get().phone.number}/activity`).catch(() => null);
      if (!answer?.ok) return;
      const { past } = await answer.json();
      set(recalled(get(), past));
    },
    look: (id) => (actions.recall(), set({ screen: "receipt", looked: id })),
    async sharing() {
      const answer = await fetch(`${device.boot.prefix}/phone/${get().phone.number}/shared`).catch(() => null);
      if (answer?.ok) set({ shares: (await answer.json()).shares });
    },
    // forget takes back what was shared with a shop.
    async forget(msn) {
      const answer = await patch(`/phone/${get().phone.number}/shared/${msn}`, "DELETE");
      if (!answer?.ok) return refusal({ code: "not_sent" });
      await actions.sharing();
    },
    // link opens the request of a shop's link, as the app does on a phone.
    async link(content) {
      try {
        const led = await line().say("scan", { content });
        if (!led.requestId) return actions.follow(led);
        set({ linked: led.requestId });
        actions.open(led.requestId);
      } catch (error) {
        if (error.code === "taken") return set({ screen: "taken", taken: "", takenLink: content });
        actions.notFound(error, content);
      }
    },
    stay: () => device.homeward.stop(),
    home: (url) => browse(device, url),
    retry: () => line().retry(),
    // desk asks which codes there are to scan.
    async desk() {
      const answer = await fetch(`${device.boot.prefix}/phone/${get().phone.number}/desk`).catch(() => null);
      if (answer?.ok) set({ desk: (await answer.json()).codes });
    },
    open(id) {
      const log = noted(get(), id, device.clock.now());
      set({ ...opened(get(), id), log });
      line().say("open", { requestId: id }).catch((error) => {
        if (error.code === "taken") return set({ screen: "taken", taken: id });
        if (error.code !== "not_sent") return;
        set({ screen: "home", current: "" });
        refusal(error);
      });
    },
    later: (id) => set({ shown: get().shown.filter((o) => o !== id) }),
    back() {
      const s = get();
      if (s.sheet) return set({ sheet: false });
      if (["lock", "home"].includes(s.screen)) {
        const [top] = notifications(s);
        return top && actions.later(top.id);
      }
      const up = { cards: "pay", pin: "pay", profile: "me", receipt: "activity" };
      actions.go(up[s.screen] || "home");
    },
    next(screen) {
      const s = get();
      const r = current(s);
      const all = steps(r);
      const to = all[all.indexOf(screen) + 1];
      set({ screen: to });
      if (to === "delivery") actions.options(placed(s, r));
    },
    // options finds out what the merchant offers at an address.
    async options(addressId) {
      const r = current(get());
      set({ address: addressId });
      if (!r?.shipping) return;
      if (!r.shipping.dynamic) return set({ offer: { state: "here", groups: r.shipping.groups || [] }, option: r.shipping.defaultOptionId || "" });
      const asked = { state: "asking", groups: [] };
      set({ offer: asked, option: "" });
      setTimeout(() => get().offer === asked && set({ offer: { state: "failed", groups: [], remedy: "retry", message: "" } }), patience);
      try {
        const { shipping } = await line().say("shipping", { requestId: r.id, addressId });
        if (get().offer === asked) set({ offer: { state: "here", groups: shipping.groups }, option: shipping.defaultOptionId || "" });
      } catch (error) {
        if (get().offer === asked) set({ offer: { state: "failed", groups: [], remedy: error.remedy || "retry", message: error.message || "" } });
      }
    },
    address: (id) => set({ address: id }),
    option: (id) => set({ option: id }),
    // cut tells that nothing goes out from a phone without a network.
    cut() {
      if (get().phone.online) return false;
      device.notify(device.text("ph.offline.title"));
      return true;
    },
    pay() {
      if (actions.cut()) return;
      const confirm = get().phone.confirmWith;
      if (confirm !== "pin" && confirm !== "fingerprint") return actions.approve();
      set({ screen: "pin", pin: "", pinWrong: 0 });
      // A finger rests for a moment; a touch does it at once.
      if (confirm === "fingerprint") setTimeout(() => get().screen === "pin" && actions.approve(), 600);
    },
    // approve sends the payer's yes with the chosen card.
    async approve(cardId) {
      const r = current(get());
      if (!r || r.state !== "PENDING" || actions.cut()) return;
      const card = cardId || cardOf(get(), r).id;
      const { address, option } = get();
      set(trying(get(), r, card));
      try {
        // What came of it is told by the request: a bank may take its time.
        await line().say("approve", {
          requestId: r.id, cardId: card, ...(r.scopes.length && { consent: true }),
          ...(r.shipping && address && { addressId: address }), ...(r.shipping && option && { shippingOptionId: option }),
        });
      } catch (error) {
        if (error.code === "card_declined") return set(refused(get(), current(get()), card));
        if (["expired", "already_decided"].includes(error.code)) return; // the request's own message says it
        if (error.remedy && r.shipping) return set({ screen: "delivery", offer: { state: "failed", groups: [], remedy: error.remedy, message: error.message } });
        set({ screen: "pay" });
        refusal(error);
      }
    },
    digit(d) {
      const s = get();
      if (d === "touch") return actions.approve();
      if (d === "") return set({ pin: s.pin.slice(0, -1) });
      const pin = s.pin + d;
      if (pin.length < 4) return set({ pin });
      if (pin !== "0000") return actions.approve(s.screen === "code" ? s.tried : undefined);
      const wrong = s.pinWrong + 1;
      set(wrong >= 3 ? { screen: "pay", pin: "", pinWrong: 0 } : { pin: "", pinWrong: wrong });
    },
    choose: (id, screen = "pay") => set({ card: id, screen }),
    async deny() {
      const r = current(get());
      if (actions.cut()) return;
      set({ mine: r.id });
      await line().say("approve", { requestId: r.id, consent: false }).catch(refusal);
    },
    async decline() {
      const r = current(get());
      if (!r || actions.cut()) return;
      set({ mine: r.id });
      await line().say("decline", { requestId: r.id }).catch(refusal);
    },
    hold: (id) => line().say("hold", { requestId: id }).catch(refusal),

    // seek shows the scanner at work, wherever somebody was.
    seek() {
      if (get().screen !== "scan") actions.go("scan");
      set({ notice: "", found: null, looking: true, picture: "" });
    },
    async scan(content) {
      content = content.trim();
      if (!content) return;
      actions.seek();
      try {
        await actions.follow(await line().say("scan", { content }));
      } catch (error) {
        actions.notFound(error, content);
      }
      set({ looking: false });
    },
    // follow goes where a code leads. One that leads to a payment of this
    // simulator by a merchant's detour is taken as that payment's own.
    async follow({ requestId, url }, again = false) {
      if (requestId) return actions.open(requestId);
      if (!url) return;
      if (!again && own(device.boot, url)) {
        const led = await line().say("scan", { content: url }).catch(() => null);
        if (led?.requestId) return actions.follow(led, true);
      }
      set({ screen: "home" });
      browse(device, url);
    },
    notFound(error, content = "") {
      if (error.reason === "foreign") return set({ found: { kind: "foreign", host: error.host, url: leads(content) ? content : "" } });
      const words = { personal: "ph.scan.personal", none: "ph.scan.none" }[error.reason];
      if (words) return set({ found: { kind: error.reason, text: device.text(words) } });
      device.tell(error);
    },
    // picture reads the code in a picture and follows it.
    async picture(file) {
      actions.seek();
      try {
        const text = await picturesText(file, (picture) => set({ picture }));
        if (text.content) await actions.follow(await line().say("scan", { content: text.content }));
        else await actions.follow(await text.ask(`${device.boot.prefix}/sim/v1/phones/${get().phone.number}/scan`));
      } catch (error) {
        actions.notFound(error);
        const { picture } = get();
        if (error.reason === "none") setTimeout(() => get().picture === picture && set({ picture: "", found: get().found && { ...get().found, seen: true } }), glance);
        else set({ picture: "" });
      }
      set({ looking: false });
    },
    browse: (url) => browse(device, url),
    leave: () => set({ screen: "home", checkin: null }),
    async mine() {
      set({ screen: "myqr", personal: `${device.boot.prefix}/phone/${get().phone.number}/me.svg?at=${Math.round(device.clock.now())}` });
    },

    // change saves settings of the phone; the answer comes over the line too.
    async change(settings) {
      const answer = await patch(`/sim/v1/phones/${get().phone.number}`, "PATCH", settings);
      if (!answer?.ok) {
        const why = await answer?.json().catch(() => null);
        return refusal(why?.detail ? { message: why.detail } : { code: "not_sent" });
      }
      const saved = {};
      set({ phone: await answer.json(), saved });
      setTimeout(() => get().saved === saved && set({ saved: null }), 1000);
      return true;
    },
    sheet: (sheet) => set({ sheet }),
    expire() {
      const r = current(get()) || pending(get())[0];
      if (r) patch(`/sim/v1/payments/${r.msn}/${encodeURIComponent(r.reference)}/expire`, "POST").then((a) => a || refusal({ code: "not_sent" }));
    },
  };
  return actions;
}

// failing is a card that will be declined.
const failing = (s) => (current(s)?.cards || []).find((c) => c.outcome !== "works")?.id;

// withRequest opens the request the keys are meant for, if none is open.
function withRequest(device, act) {
  const r = current(device.s);
  if (!r || r.state !== "PENDING") {
    const next = pending(device.s).find((o) => o.state === "PENDING");
    if (!next) return;
    device.do.open(next.id);
  }
  act();
}

function primary(device, within) {
  const { s } = device;
  if (["lock", "home"].includes(s.screen)) {
    const r = notifications(s)[0] || pending(s)[0];
    return r && device.do.open(r.id);
  }
  within.querySelector("[data-primary]:not([data-primary=false])")?.click();
}

function pick(device, n) {
  const { s } = device;
  const r = current(s);
  if (["cards", "declined"].includes(s.screen)) {
    const card = r?.cards[n - 1];
    return card && device.do.choose(card.id, s.screen === "cards" ? "pay" : "declined");
  }
  if (s.screen === "address") {
    const a = r?.shipping.addresses[n - 1];
    return a?.reachable && device.do.address(a.id);
  }
  if (s.screen === "delivery") {
    const o = optionsOf(s)[n - 1];
    return o && device.do.option(o.id);
  }
  const chosen = pending(s)[n - 1];
  if (chosen) device.do.open(chosen.id);
}

const keys = {
  Enter: primary,
  Escape: (d) => d.do.back(),
  a: (d) => withRequest(d, () => d.do.approve()),
  d: (d) => withRequest(d, d.do.decline),
  f: (d) => withRequest(d, () => failing(d.s) && d.do.approve(failing(d.s))),
  x: (d) => d.do.expire(),
  h: (d) => d.do.go("home"),
  l: (d) => d.do.go("lock"),
  s: (d) => d.do.go("scan"),
};

const meant = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea"));

// single tells whether a key is meant as a shortcut: nobody is typing, and
// single keys were not switched off.
export const single = (event) => meant(event) && singleKeys();

// typed gives a digit to the keypad, where there is one on the screen.
export function typed(device, event) {
  const keypad = device.s.screen === "code" || (device.s.screen === "pin" && device.s.phone.confirmWith === "pin");
  const digit = event.key === "Backspace" ? "" : event.key;
  if (!keypad || !/^\d?$/.test(digit)) return false;
  device.do.digit(digit);
  return true;
}

// secondary are the keys that mean the same to a phone of the wall.
export const secondary = { f: (d) => keys.f(d), x: (d) => keys.x(d) };

// pressed does what a key means to a phone, and tells whether it means
// anything. The element is the phone's.
export function pressed(device, event, within) {
  if (event.key === "Escape" && event.target.closest(".ctl, .profile")) return device.do.back(), true;
  if (!meant(event)) return false;
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return false; // it has its own meaning there
  if (typed(device, event)) return true;
  if (event.key.length === 1 && !singleKeys()) return false;
  if (/^[1-9]$/.test(event.key)) {
    pick(device, Number(event.key));
    return true;
  }
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return false;
  act(device, within);
  return true;
}
