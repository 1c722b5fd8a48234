// What the phone knows, and how each message changes it. Payments, pushes and
// settings are the phone's, the same in every tab; the screen is this tab's.

export const first = () => ({
  line: "connecting",
  phone: null,
  greeted: false, // the line has said hello
  requests: [], // newest first
  waiting: 0, // what is held back while offline
  shown: [], // ids of the notifications on the screen, newest first
  screen: "lock",
  current: "", // the id of the request looked at
  wanted: "", // the id of a scanned request that has not come yet
  card: "", // the chosen card, "" for the default
  tried: "", // the card that was just declined
  mine: "", // the id of the request this tab has answered
  pin: "",
  pinWrong: 0,
  notice: "",
  address: "", // the chosen address
  option: "", // the chosen way of delivery
  offer: { state: "idle", groups: [] }, // what the merchant offers there: asking, here or failed
  checkin: null, // where the payer checked in
  found: null, // what a code was that leads nowhere
  picture: "", // the picture a code is looked for in
  opened: null, // the page that a code opened beside the phone
  looking: false, // a code is being read
  personal: "", // the picture of the owner's own code
  sheet: false, // the controls are open over the screen
  saved: null, // a setting was just saved
  past: null, // what the simulator told of requests that have ended, once it has
  lost: "", // the id of a request that ended while the line was down
  looked: "", // the id of the payment looked back on
  shares: [], // what was shared with whom
  linked: "", // the id of the request whose link was opened on this phone
  homeIn: null, // seconds until it leads back to the shop
  takenLink: "", // the link that opened it, where its id is not known
  taken: "", // the id of a request that is open on another phone
  log: [],
});

const open = (r) => r.state === "PENDING" || r.state === "PROCESSING";
export const pending = (s) => s.requests.filter(open);
export const past = (s) => s.requests.filter((r) => !pending(s).includes(r));
export const current = (s) => s.requests.find((r) => r.id === s.current);

export const optionsOf = (s) => s.offer.groups.flatMap((g) => g.options);

// placed is the address goods would go to: the chosen one, else the first
// that the merchant delivers to.
export const placed = (s, r) => s.address || r.shipping?.addresses.find((a) => a.reachable)?.id || "";

// totalOf is what is paid in the end, delivery included.
export function totalOf(s, r) {
  const chosen = r.shipping?.chosen?.cost.value ?? (r.id === s.current ? optionsOf(s).find((o) => o.id === s.option)?.amount.value : 0);
  return r.amount.value + (chosen || 0);
}

// cardOf is the card that would be paid with.
export const cardOf = (s, r) => r.cards.find((c) => c.id === s.card) || r.cards[0];

// lasting tells whether a request has days rather than minutes.
export const lasting = (r) => Date.parse(r.expiresAt) - Date.parse(r.since || r.createdAt) > 3600000;

const results = { APPROVED: "success", DECLINED: "cancelled", TERMINATED: "cancelled", EXPIRED: "expired" };
const flow = ["terms", "consent", "address", "delivery", "pay", "cards", "pin", "code", "busy", "declined"];

// endOn is the screen of a request that has ended. Where a refused card ends
// the payment, that is what there is to tell.
const endOn = (r) => (r.state === "DECLINED" && r.source === "stripe" && r.failure ? "declined" : results[r.state] || "home");

// put keeps the newest first. Of two that were made in the same millisecond the
// later one to arrive is the newer, and what changes later stays in its place.
function put(requests, r) {
  const known = requests.some((o) => o.id === r.id);
  const next = known ? requests.map((o) => (o.id === r.id ? r : o)) : [r, ...requests];
  return next.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

// receive takes a message from the simulator.
export function receive(s, m) {
  switch (m.type) {
    case "hello":
      return greet(s, m);
    case "push": {
      const shown = [m.request.id, ...s.shown.filter((id) => id !== m.request.id)];
      const next = { ...s, requests: put(s.requests, m.request), shown };
      // What one has checked in for comes at once.
      if (s.screen === "checkin" && s.checkin?.msn === m.request.msn) return opened(next, m.request.id);
      return follow(next, m.request);
    }
    case "request": {
      const before = s.requests.find((r) => r.id === m.request.id);
      return follow({ ...s, requests: put(s.requests, m.request) }, m.request, before);
    }
    case "checkin":
      return { ...s, screen: "checkin", checkin: m, looking: false };
    case "phone":
      // What it has not answered when it loses the network waits for it.
      return {
        ...s, phone: m.phone, waiting: m.waiting ?? (s.phone?.online && !m.phone.online ? pending(s).length : s.waiting),
        screen: s.screen === "lock" && !m.phone.online ? "home" : s.screen,
      };
  }
  return s;
}

function greet(s, m) {
  // What waited before and is not told of any more has ended meanwhile. A phone
  // that is offline is told of nothing.
  const told = (r) => m.requests.some((o) => o.id === r.id);
  const gone = m.phone.online ? pending(s).filter((r) => !told(r)) : [];
  const requests = m.requests.reduce(put, s.requests.filter((r) => !gone.includes(r)));
  const waiting = requests.filter((r) => r.state === "PENDING").map((r) => r.id);
  const news = waiting.filter((id) => !s.requests.some((r) => r.id === id));
  const shown = [...news, ...s.shown.filter((id) => waiting.includes(id))];
  const lost = gone.some((r) => r.id === s.current) ? s.current : "";
  const next = { ...s, greeted: true, phone: m.phone, waiting: m.waiting || 0, requests, lost, shown: m.phone.pushOn ? shown : [] };
  if (!m.phone.online && s.screen === "lock") next.screen = "home";
  const r = current(next);
  return r ? follow(next, r) : next;
}

// recalled takes what the simulator knows of requests that have ended, and
// shows how the one ended that was looked at when the line broke.
export function recalled(s, past) {
  const next = { ...s, past, lost: "" };
  if (!s.lost) return next;
  const r = past.find((p) => p.id === s.lost);
  if (r) return follow({ ...next, requests: put(next.requests, r) }, r);
  return { ...next, current: "", screen: flow.includes(s.screen) ? "home" : s.screen };
}

// follow moves the screen along when what is looked at has changed.
function follow(s, r, before) {
  if (!open(r)) s = { ...s, shown: s.shown.filter((id) => id !== r.id) };
  if (r.id === s.wanted) return opened(s, r.id);
  if (r.id !== s.current || !flow.includes(s.screen)) return s;
  if (r.state === "PROCESSING") return { ...s, screen: "busy" };
  if (!open(r)) return { ...s, screen: endOn(r), elsewhere: s.mine !== r.id && ["APPROVED", "DECLINED"].includes(r.state) && !before?.autopilotAt };
  // A card refused here is known by the answer to our own message, too; either
  // may come first.
  const moved = ["pay", "cards", "pin", "code", "busy", "declined"].includes(s.screen);
  if (!r.failure || before?.failure?.code === r.failure.code || !moved) return s;
  const failed = s.mine === r.id && s.tried ? s.tried : (r.cards.find((c) => c.outcome === r.failure.code) || cardOf(s, r)).id;
  return refused(s, r, failed);
}

// refused shows that a card was declined, and offers another; a bank that
// wants a code gets it first.
export function refused(s, r, failed) {
  if (r.failure?.code === "authentication_needed") return { ...s, screen: "code", tried: failed, card: failed, pin: "", pinWrong: 0 };
  const other = r.cards.find((c) => c.outcome === "works" && c.id !== failed) || r.cards.find((c) => c.id !== failed);
  return { ...s, screen: "declined", tried: failed, card: other ? other.id : failed };
}

// trying notes that a card is being tried, so that what is said of it next is
// news.
export function trying(s, r, card) {
  const requests = s.requests.map((o) => (o.id === r.id ? { ...o, failure: undefined } : o));
  return { ...s, requests, screen: "busy", mine: r.id, card, tried: card };
}

// opened shows a request's first screen.
export function opened(s, id) {
  const r = s.requests.find((o) => o.id === id);
  if (!r) return { ...s, wanted: id }; // it is on its way
  const shown = s.shown.filter((o) => o !== id);
  const fresh = { ...s, shown, current: id, card: "", tried: "", notice: "", wanted: "", elsewhere: false, found: null, checkin: null, address: "", option: "", offer: { state: "idle", groups: [] } };
  if (r.state !== "PENDING") return { ...fresh, screen: r.state === "PROCESSING" ? "busy" : endOn(r) };
  return { ...fresh, screen: steps(r)[0] };
}

// steps are the screens a payment needs before its result.
export function steps(r) {
  const all = [];
  if (r.legalLinks) all.push("terms");
  if (r.scopes.length) all.push("consent");
  if (r.shipping) all.push("address", "delivery");
  return [...all, "pay"];
}
