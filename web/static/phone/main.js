// One phone in a browser tab: the line to the simulator, the state, what a
// touch or a key does, and the drawing of it all.
import { html, render } from "../vendor/preact-htm.js";
import { Clock } from "../clock.js";
import { Line } from "./socket.js";
import { first, receive, opened, refused, pending, current, cardOf, steps } from "./state.js";
import { Screen } from "./screens.js";
import { Controls, List } from "./controls.js";
import { say } from "./draw.js";

const root = document.documentElement;
const boot = JSON.parse(document.getElementById("boot").textContent);
const clock = new Clock();
clock.told(boot.clock);
let s = { ...first(), phone: boot.phone };

function set(change) {
  s = { ...s, ...change };
  draw();
}

const text = (key, values) => say(s.phone.language, key, values);

// told turns a refusal into words.
function told(error) {
  const words = { not_sent: "ph.notsent", taken: "ph.taken", not_found: "ph.scan.failed" };
  notify(words[error.code] ? text(words[error.code]) : error.message || "");
}

function notify(notice) {
  set({ notice });
  setTimeout(() => s.notice === notice && set({ notice: "" }), 4000);
}

// browse opens a merchant's page as the phone's browser would: beside the
// phone where that is allowed.
function browse(url) {
  const tab = window.open(url, "_blank");
  if (!tab) return location.assign(url);
  tab.opener = null;
}

const line = new Line(boot.socket.replace(/^http/, "ws").replace(/^(?=\/)/, location.origin.replace(/^http/, "ws")), {
  state: (state) => set({ line: state }),
  message(m) {
    if (m.type === "clock" || m.type === "hello") clock.told(m);
    const before = s.shown;
    s = receive(s, m);
    if (m.type === "checkin") {
      set({ screen: "home" });
      notify([m.merchantName, m.locationDescription, m.text].filter(Boolean).join(" · "));
    }
    for (const id of s.shown) if (!before.includes(id)) line.say("ack", { requestId: id }).catch(() => {});
    draw();
    root.dataset.ready = "true";
  },
});

// approve sends the payer's yes with the chosen card.
async function approve(cardId) {
  const r = current(s);
  if (!r || r.state !== "PENDING") return;
  set({ screen: "busy", mine: r.id, card: cardId || cardOf(s, r).id });
  try {
    // What came of it is told by the request: a bank may take its time.
    await line.say("approve", { requestId: r.id, cardId: s.card, ...(r.scopes.length && { consent: true }) });
  } catch (error) {
    if (error.code === "card_declined") {
      s = refused(s, r, s.card);
      return draw();
    }
    if (["expired", "already_decided"].includes(error.code)) return; // the request's own message says it
    set({ screen: "pay" });
    told(error);
  }
}

// withRequest opens the request the keys are meant for, if none is open.
function withRequest(act) {
  const r = current(s);
  if (!r || r.state !== "PENDING") {
    const next = pending(s)[0];
    if (!next) return;
    actions.open(next.id);
  }
  act();
}

const actions = {
  go: (screen) => set({ screen, pin: "", pinWrong: 0, notice: "" }),
  open(id) {
    s = opened(s, id);
    draw();
    line.say("open", { requestId: id }).catch((error) => {
      if (!["taken", "not_sent"].includes(error.code)) return;
      set({ screen: "home", current: "" });
      told(error);
    });
  },
  later: (id) => set({ shown: s.shown.filter((o) => o !== id) }),
  back() {
    if (["pay", "consent", "terms", "declined"].includes(s.screen)) {
      const r = current(s);
      if (r) line.say("release", { requestId: r.id }).catch(() => {});
      return actions.go("home");
    }
    actions.go(["cards", "pin"].includes(s.screen) ? "pay" : "home");
  },
  next(screen) {
    const all = steps(current(s));
    set({ screen: all[all.indexOf(screen) + 1] });
  },
  pay() {
    const confirm = s.phone.confirmWith;
    if (confirm === "pin" || confirm === "fingerprint") return set({ screen: "pin", pin: "", pinWrong: 0 });
    approve();
  },
  digit(d) {
    if (d === "touch") return approve();
    if (d === "") return set({ pin: s.pin.slice(0, -1) });
    const pin = s.pin + d;
    if (pin.length < 4) return set({ pin });
    if (pin !== "0000") return approve();
    const wrong = s.pinWrong + 1;
    set(wrong >= 3 ? { screen: "pay", pin: "", pinWrong: 0 } : { pin: "", pinWrong: wrong });
  },
  choose: (id, screen = "pay") => set({ card: id, screen }),
  async deny() {
    const r = current(s);
    set({ mine: r.id });
    await line.say("approve", { requestId: r.id, consent: false }).catch(told);
  },
  async decline() {
    const r = current(s);
    if (!r) return;
    set({ mine: r.id });
    await line.say("decline", { requestId: r.id }).catch(told);
  },
  hold: (id) => line.say("hold", { requestId: id }).catch(told),
  async scan(content) {
    try {
      const answer = await line.say("scan", { content });
      if (answer.requestId) actions.open(answer.requestId);
      if (answer.url) browse(answer.url);
    } catch (error) {
      told(error);
    }
  },
  // change saves settings of the phone; the answer comes over the line too.
  async change(settings) {
    const answer = await fetch(`${boot.prefix}/sim/v1/phones/${s.phone.number}`, {
      method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify(settings),
    }).catch(() => null);
    if (!answer?.ok) return told({ code: "not_sent" });
    set({ phone: await answer.json() });
  },
  expire() {
    const r = current(s) || pending(s)[0];
    if (!r) return;
    fetch(`${boot.prefix}/sim/v1/payments/${r.msn}/${encodeURIComponent(r.reference)}/expire`, { method: "POST" }).catch(() => told({ code: "not_sent" }));
  },
};

function primary() {
  const pushes = notifications();
  if (["lock", "home"].includes(s.screen)) {
    const r = pushes[0] || pending(s)[0];
    return r && actions.open(r.id);
  }
  document.querySelector("[data-testid=phone] [data-primary]:not([data-primary=false])")?.click();
}

function pick(n) {
  const r = current(s);
  if (["cards", "declined"].includes(s.screen)) {
    const card = r?.cards[n - 1];
    return card && actions.choose(card.id, s.screen === "cards" ? "pay" : "declined");
  }
  const chosen = pending(s)[n - 1];
  if (chosen) actions.open(chosen.id);
}

const failing = () => (current(s)?.cards || []).find((c) => c.outcome !== "works")?.id;

const keys = {
  Enter: primary,
  Escape: actions.back,
  a: () => withRequest(() => approve()),
  d: () => withRequest(actions.decline),
  f: () => withRequest(() => failing() && approve(failing())),
  x: actions.expire,
  h: () => actions.go("home"),
  l: () => actions.go("lock"),
  s: () => actions.go("scan"),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !s.phone) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.key === "Enter" && event.target.closest("button, a")) return; // it has its own meaning there
  if (s.screen === "pin" && /^\d$/.test(event.key)) return actions.digit(event.key);
  const act = /^[1-9]$/.test(event.key) ? () => pick(Number(event.key)) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const notifications = () => s.shown.map((id) => s.requests.find((r) => r.id === id)).filter((r) => r?.state === "PENDING");

// leads tells whether a link home may be followed: never into a script.
const leads = (url) => /^[a-z][a-z0-9+.-]*:/i.test(url) && !/^(javascript|data|vbscript|blob|file|about|filesystem|view-source):/i.test(url);

function draw() {
  if (!s.phone) return;
  root.dataset.brand = boot.brand;
  const v = {
    s, clock, lang: s.phone.language, owner: s.phone.name.split(" ")[0], wallet: boot.label,
    pushes: notifications(), do: actions, prefix: boot.prefix, address: boot.address, phones: boot.phones, leads,
  };
  render(html`<${List} v=${v}/><section class="mid"><div class="fit"><div class="frame"><${Screen} v=${v}/></div></div></section><${Controls} v=${v}/>`, document.getElementById("app"));
  const live = document.querySelector("[data-testid=live]");
  live.dataset.state = s.line;
  live.textContent = { open: "Live", connecting: "Connecting", closed: "Offline" }[s.line];
  fit();
}

// fit scales the framed phone as a whole to the room there is.
function fit() {
  const box = document.querySelector(".mid");
  const stage = document.querySelector(".fit");
  if (!box) return;
  if ("alone" in root.dataset) return stage.removeAttribute("style");
  const room = "embed" in root.dataset ? innerHeight : box.clientHeight - 48;
  stage.style.transform = `scale(${Math.min(1, room / 866)})`;
  stage.style.margin = `${(866 * (Math.min(1, room / 866) - 1)) / 2}px 0`;
}

function arrange() {
  const asked = new URLSearchParams(location.search);
  root.toggleAttribute("data-embed", asked.get("embed") === "1");
  const small = matchMedia("(max-width: 860px), (pointer: coarse)").matches;
  root.toggleAttribute("data-alone", asked.get("embed") !== "1" && (asked.get("frame") === "0" || (asked.get("frame") !== "1" && small)));
  draw();
}

addEventListener("resize", arrange);
arrange();
setInterval(draw, 250);
