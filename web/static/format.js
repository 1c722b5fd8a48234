// The formats of everything people read, as in format.go; testdata/formats.json
// is the table both are tested with.

const nbsp = "\u00a0";
const minus = "\u2212";

const styles = {
  en: { thousands: ",", decimal: ".", before: true },
  nb: { thousands: nbsp, decimal: ",", own: "NOK", unit: "kr" },
  sv: { thousands: nbsp, decimal: ",", own: "SEK", unit: "kr" },
  da: { thousands: ".", decimal: ",", own: "DKK", unit: "kr." },
  fi: { thousands: nbsp, decimal: "," },
};

const styleOf = (lang) => styles[lang] || styles.en;

// amount writes money, given in minor units: "NOK 350.00", "350,00 kr".
export function amount(lang, currency, minor) {
  const s = styleOf(lang);
  const sign = minor < 0 ? minus : "";
  const n = number(lang, Math.abs(minor));
  if (s.before) return sign + (currency === "EUR" ? "€" : currency + nbsp) + n;
  if (currency === "EUR") return sign + n + nbsp + "€";
  return sign + n + nbsp + (currency === s.own ? s.unit : currency);
}

// number writes an amount without its unit, as in order lines.
export function number(lang, minor) {
  const s = styleOf(lang);
  const abs = Math.abs(minor);
  const whole = String(Math.floor(abs / 100)).replace(/\B(?=(\d{3})+$)/g, s.thousands);
  return (minor < 0 ? minus : "") + whole + s.decimal + String(abs % 100).padStart(2, "0");
}

const countries = [["47", [3, 2, 3]], ["45", [2, 2, 2, 2]], ["358", [2, 3, 4]], ["46", [2, 3, 2, 2]]];

// phone writes a number, given as digits with the country code, in groups.
export function phone(msisdn) {
  for (const [code, sizes] of countries) {
    if (msisdn.startsWith(code) && msisdn.length > code.length) {
      return "+" + code + nbsp + group(msisdn.slice(code.length), sizes);
    }
  }
  if (msisdn.length < 3) return msisdn;
  return "+" + msisdn.slice(0, 2) + nbsp + group(msisdn.slice(2), []);
}

function group(digits, sizes) {
  const parts = [];
  for (let i = 0; digits; i++) {
    const n = sizes[i] || 3;
    parts.push(digits.slice(0, n));
    digits = digits.slice(n);
  }
  return parts.join(nbsp);
}

// timeOfDay writes a time in 24 hours; hours and so on are those of the
// browser's zone.
export function timeOfDay(lang, date, seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const parts = [two(date.getHours()), two(date.getMinutes())];
  if (seconds) parts.push(two(date.getSeconds()));
  return parts.join(lang === "da" || lang === "fi" ? "." : ":");
}

const days = { en: "days", nb: "dager", da: "dage", sv: "dagar", fi: "päivää" };

// remaining writes how long is left, rounded up: "4:12", "3 h 20 min".
export function remaining(lang, ms) {
  const s = Math.ceil(ms / 1000);
  if (s <= 0) return "0:00";
  if (s < 3600) return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
  if (s < 2 * 24 * 3600) {
    const m = Math.ceil(s / 60);
    return Math.floor(m / 60) + nbsp + "h " + (m % 60) + nbsp + "min";
  }
  return Math.ceil(s / 86400) + nbsp + (days[lang] || days.en);
}

// initials are what an avatar shows.
export function initials(name) {
  const found = name.split(/\s+/).filter((w) => /^[\p{L}\p{Nd}]/u.test(w)).slice(0, 2);
  return found.map((w) => [...w][0].toUpperCase()).join("") || "?";
}

// tint is the colour of an avatar, chosen by the sales unit's number.
export function tint(msn) {
  let n = 3;
  for (const c of msn) n = (n * 10 + c.charCodeAt(0)) % 4;
  return ["d", "c", "b", ""][n];
}

const locale = (lang) => (lang === "en" ? "en-GB" : lang);

// dayAndTime writes a moment as on a receipt: "21 Nov, 14:33".
export function dayAndTime(lang, at) {
  return new Intl.DateTimeFormat(locale(lang), { day: "numeric", month: "short" }).format(at) + ", " + timeOfDay(lang, at);
}

// date writes a day in words, as on a lock screen.
export function date(lang, day) {
  return new Intl.DateTimeFormat(locale(lang), { weekday: "long", day: "numeric", month: "long" })
    .format(day).replace(/^./, (c) => c.toUpperCase()).replace(",", "");
}
