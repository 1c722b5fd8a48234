// The storybook's phones: every screen with canned data. They are drawn by the
// same code as others, and no line leads from them anywhere.
import { Device } from "./device.js";

const now = Date.parse("2026-11-21T14:32:07.000Z");
const at = (seconds) => new Date(now + seconds * 1000).toISOString();

// silent is a line on which nothing is said or heard.
const silent = { say: () => new Promise(() => {}), retry: () => {} };

const card = (last4, name, outcome) => ({ id: "card-" + last4, name, last4, outcome, bin: "429198", label: "" });
const cards = [card("4242", "Debit card", "works"), card("0002", "Credit card", "declined"), card("9995", "Savings card", "insufficient_funds"), card("0069", "Old card", "expired")];
const line = (id, name, total) => ({ id, name, totalAmount: total, totalAmountExcludingTax: total * 0.75, totalTaxAmount: total * 0.25, taxRate: 2500 });
const receipt = { orderLines: [line("1", "Accident insurance", 150000), line("2", "Travel insurance", 150000)], bottomLine: { currency: "NOK", receiptNumber: "0527013501" } };
const long = { orderLines: [{ ...line("1", "Filter coffee", 8400), quantity: "2" }, line("2", "Member discount", -1000), ...["Bun", "Juice", "Cake", "Tea", "Socks", "Hat"].map((name, i) => line(String(i + 3), name, 2500))], bottomLine: { currency: "NOK", tipAmount: 2000 } };
const addresses = [
  { id: "1", type: "home", addressLine1: "Storgata 1", postCode: "0155", city: "Oslo", country: "NO", reachable: true },
  { id: "2", type: "work", addressLine1: "Bryggen 7", postCode: "5003", city: "Bergen", country: "NO", reachable: false },
];

const request = (more = {}) => ({
  id: "r1", state: "PENDING", source: "epayment", msn: "123456", reference: "24ab7cd6ef658155992", merchantName: "Demo Taxi", company: "Demo Taxi AS", brand: "vipps",
  flow: "PUSH_MESSAGE", amount: { currency: "NOK", value: 300000 }, description: "Spendings", receipt, scopes: [], cards, createdAt: at(-20), since: at(-20), expiresAt: at(280), ...more,
});
const other = (i, more) => request({ id: "o" + i, msn: String(234567 + i), reference: "socks-000" + i, merchantName: ["Demo Webshop", "Demo Kiosk", "Kafé Fjøsangerveien og Sønner"][i % 3], amount: { currency: "NOK", value: 35000 * (i + 1) }, description: "Two pairs of wool socks, order 1512202", createdAt: at(-60 * i - 30), ...more });

const waits = (screen, more, state) => ({ screen, current: "r1", requests: [request(more)], ...state });
const over = (screen, state, more) => waits(screen, { state, endedAt: at(-2), ...more }, { mine: "r1", card: "card-4242" });
const options = { state: "here", groups: [{ brand: "POSTEN", options: [{ id: "home", name: "Home delivery", amount: { currency: "NOK", value: 9900 }, estimatedDelivery: "2 days" }, { id: "box", name: "Parcel box", amount: { currency: "NOK", value: 0 }, meta: "300 m" }] }] };
const shipping = { shipping: { addresses, dynamic: true } };
const done = { state: "APPROVED", endedAt: at(-3600), cardLast4: "4242", captured: 300000, refunded: 150000, scopes: ["name", "phoneNumber"], links: [{ kind: "TICKET", url: "https://taxi.example/t/1" }],
  history: [{ kind: "CREATED", at: at(-3700), amount: 300000 }, { kind: "AUTHORIZED", at: at(-3600), amount: 300000 }, { kind: "CAPTURED", at: at(-3000), amount: 300000 }, { kind: "REFUNDED", at: at(-900), amount: 150000 }] };
const past = [request({ id: "p1", ...done }), other(1, { id: "p2", state: "EXPIRED", endedAt: at(-90000), history: [], links: [] }), other(2, { id: "p3", state: "DECLINED", endedAt: at(-300000), history: [], links: [] })];
const shares = [{ msn: "123456", merchant: "Demo Taxi", scopes: ["name", "email", "phoneNumber"], at: at(-3600) }];
const links = { legalLinks: { termsOfSaleUrl: "https://taxi.example/terms", privacyPolicyUrl: "https://taxi.example/privacy" } };

const desk = [["Taxi 122", "Seat sticker"], ["NOK 429.24", "8:40 left"], ["Kasse 1", "Callback"]].map(([title, note]) => ({ title, note, content: "story:" + title, picture: "sample" }));

const all = {
  lock: { requests: [request()], shown: ["r1"] },
  "lock-empty": {},
  "lock-many": { requests: [request(), other(0), other(1), other(2), other(3)], shown: ["r1", "o0", "o1", "o2", "o3"] },
  home: { screen: "home", requests: [request(), other(0)], past },
  "home-empty": { screen: "home" },
  "home-banner": { screen: "home", requests: [request()], shown: ["r1"], past },
  "home-loading": { screen: "home", greeted: false, past: null },
  offline: { screen: "home", waiting: 2, past, phone: { online: false } },
  noanswer: { screen: "home", line: "closed", past },
  scan: { screen: "scan", desk },
  "scan-empty": { screen: "scan" },
  "scan-none": { screen: "scan", desk, found: { kind: "none", key: "ph.scan.none" }, picture: "sample" },
  "scan-foreign": { screen: "scan", found: { kind: "foreign", host: "taxi.example", url: "https://taxi.example/1" } },
  opened: { screen: "opened", opened: { url: "https://taxi.example/1", host: "taxi.example", beside: true } },
  "opened-not": { screen: "opened", opened: { url: "https://taxi.example/1", host: "taxi.example", beside: false } },
  terms: waits("terms", links),
  consent: waits("consent", { scopes: ["name", "email", "phoneNumber", "address", "birthDate"] }),
  address: waits("address", shipping),
  delivery: waits("delivery", shipping, { offer: options, option: "home", address: "1" }),
  "delivery-asking": waits("delivery", shipping, { offer: { state: "asking", groups: [] }, address: "1" }),
  "delivery-failed": waits("delivery", shipping, { offer: { state: "failed", groups: [], remedy: "retry" }, address: "1" }),
  pay: waits("pay"),
  "pay-plain": waits("pay", { receipt: undefined, description: "" }),
  "pay-lines": waits("pay", { receipt: long }),
  "pay-offline": waits("pay", {}, { phone: { online: false } }),
  "pay-auto": waits("pay", { autopilotAt: at(5) }),
  "pay-days": waits("pay", { expiresAt: at(12 * 86400) }),
  "pay-long": waits("pay", { merchantName: "Kafé Fjøsangerveien og Sønner Eftf. Import og Eksport", company: "Kafé Fjøsangerveien og Sønner Eftf. Import og Eksport AS", amount: { currency: "NOK", value: 12345678900 }, description: "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen ".repeat(2) }),
  cards: waits("cards"),
  pin: waits("pin", {}, { pin: "42" }),
  "pin-wrong": waits("pin", {}, { pinWrong: 1 }),
  fingerprint: waits("pin", {}, { phone: { confirmWith: "fingerprint" } }),
  code: waits("code"),
  busy: waits("busy"),
  success: over("success", "APPROVED", { scopes: ["name", "phoneNumber"] }),
  "success-return": { ...over("success", "APPROVED", { returnUrl: "https://shop.example/" }), homeIn: 3 },
  declined: waits("declined", { failure: { code: "insufficient_funds", message: "" } }, { tried: "card-9995", card: "card-4242" }),
  expired: over("expired", "EXPIRED", { returnUrl: "https://shop.example/" }),
  cancelled: over("cancelled", "DECLINED"),
  withdrawn: { ...over("cancelled", "TERMINATED"), elsewhere: true },
  taken: { screen: "taken", taken: "r1" },
  checkin: { screen: "checkin", checkin: { msn: "345678", merchantName: "Demo Kiosk", locationDescription: "Kasse 1", reached: true } },
  "checkin-failed": { screen: "checkin", checkin: { msn: "345678", merchantName: "Demo Kiosk", locationDescription: "Kasse 1", reached: false } },
  activity: { screen: "activity", past },
  receipt: { screen: "receipt", looked: "p1", past },
  me: { screen: "me", shares },
  profile: { screen: "profile" },
  myqr: { screen: "myqr" },
};

// onWall are the stories of a wall, one a phone.
export const onWall = ["lock", "pay", "success", "declined", "offline", "home-empty", "pay-auto", "expired"];

// staged is a device in one story's state.
export function staged(made, name) {
  const { phone, ...state } = all[name] || {};
  made.clock.speed = 1; // as it says; it stands still all the same
  const device = new Device({ ...made, line: silent });
  const own = { ...made.phone, online: true, pushOn: true, confirmWith: "pin", language: made.boot.lang, cards, profile: { firstName: "Kari", lastName: "Demo", email: "kari.demo@example.com", birthDate: "1989-03-14", addresses }, ...phone };
  device.s = { ...device.s, line: "open", greeted: true, past: [], phone: own, personal: `${made.boot.prefix}/phone/${own.number}/me.svg`, log: [{ at: now, line: "" }].filter((l) => l.line), ...state };
  if (state.desk) device.s.desk = state.desk.map((c) => ({ ...c, picture: `${made.boot.prefix}/console/qr/sample.svg` }));
  if (state.picture) device.s.picture = `${made.boot.prefix}/console/qr/sample.svg`;
  if (state.found?.key) device.s.found = { ...state.found, text: device.text(state.found.key) };
  device.do = { ...device.do, change: async () => true, desk: async () => {}, recall: async () => {}, sharing: async () => {} };
  return device;
}
