// The keys of the console, all in one table: what the list of keys shows, what
// the palette writes beside a command, and what a press does.
import { html } from "../vendor/preact-htm.js";
import { Dialog } from "./parts.js";
import { singleKeys } from "./prefs.js";

// table says of each key where it works and what it does. id names the command
// that is run; press is the key as the browser names it, after is one that has
// to be pressed before it.
export const table = [
  { id: "palette", press: ["/"], shown: [["Ctrl", "K"], ["/"]], where: "Everywhere", text: "Search and commands" },
  { id: "keys", press: ["?"], shown: [["?"]], where: "Everywhere", text: "This list of keys" },
  { id: "close", press: ["Escape"], shown: [["Esc"]], where: "Everywhere", text: "Close, back" },
  { id: "freeze", press: [" "], shown: [["Space"]], where: "Clock", text: "Freeze or go on" },
  { id: "forward", press: ["+"], shown: [["+"]], where: "Clock", text: "One minute forward; with Shift five" },
  { id: "next-deadline", press: ["n"], shown: [["N"]], where: "Clock", text: "To the next deadline" },
  { id: "next", press: ["j", "ArrowDown"], shown: [["J"], ["↓"]], where: "Lists", text: "Next" },
  { id: "previous", press: ["k", "ArrowUp"], shown: [["K"], ["↑"]], where: "Lists", text: "Previous" },
  { id: "open", press: ["Enter"], shown: [["Enter"]], where: "Lists", text: "Open" },
  { id: "approve", press: ["a"], shown: [["A"]], where: "Selected payment", text: "Approve" },
  { id: "decline", press: ["d"], shown: [["D"]], where: "Selected payment", text: "Decline" },
  { id: "fail-card", press: ["f"], shown: [["F"]], where: "Selected payment", text: "Fail the card" },
  { id: "expire", press: ["x"], shown: [["X"]], where: "Selected payment", text: "Expire" },
  { id: "capture", press: ["c"], shown: [["C"]], where: "Selected payment", text: "Capture" },
  { id: "refund", press: ["u"], shown: [["U"]], where: "Selected payment", text: "Refund" },
  { id: "curl", press: ["y"], shown: [["Y"]], where: "Selected payment, request or delivery", text: "Copy as curl" },
  { id: "resend", press: ["e"], shown: [["E"]], where: "Selected delivery", text: "Send again" },
  { id: "go-payments", after: "g", press: ["p"], shown: [["G", "P"]], where: "Pages", text: "Payments" },
  { id: "go-webhooks", after: "g", press: ["w"], shown: [["G", "W"]], where: "Pages", text: "Webhooks" },
  { id: "go-requests", after: "g", press: ["r"], shown: [["G", "R"]], where: "Pages", text: "Requests" },
  { id: "go-phones", after: "g", press: ["t"], shown: [["G", "T"]], where: "Pages", text: "Phones" },
  { id: "go-qr", after: "g", press: ["q"], shown: [["G", "Q"]], where: "Pages", text: "QR codes" },
  { id: "go-merchants", after: "g", press: ["m"], shown: [["G", "M"]], where: "Pages", text: "Merchants" },
  { id: "go-scenarios", after: "g", press: ["s"], shown: [["G", "S"]], where: "Pages", text: "Scenarios" },
  { id: "go-control", after: "g", press: ["c"], shown: [["G", "C"]], where: "Pages", text: "Clock and faults" },
];

// shownFor are the keys of a command, as people see them.
export const shownFor = (id) => table.find((k) => k.id === id)?.shown[0] || [];

export const Keys = ({ of }) => html`${of.map((k) => html`<kbd key=${k}>${k}</kbd>`)}`;

// patience is how long a key waits for the one that goes with it, in ms.
const patience = 1500;

// busy tells that keys belong to what has the focus, or lies over the page.
function busy(event) {
  if (document.querySelector("dialog[open]")) return true;
  if (event.target.closest("input, select, textarea, dialog, [role=menu], [role=tablist], [role=radiogroup]")) return true;
  return (event.key === " " || event.key === "Enter") && event.target.closest("button, a, summary, pre");
}

// listen has a key's command run. commands gives those that there are now; the
// ones offered by what is shown come first.
export function listen(commands) {
  let before = { key: "", at: 0 };
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return commands().find((c) => c.id === "palette").run();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event)) return undefined;
    if (event.key !== "Escape" && !singleKeys()) return undefined;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const led = event.timeStamp - before.at < patience ? before.key : "";
    before = { key, at: event.timeStamp };
    const row = table.find((k) => k.press.includes(key) && (k.after || "") === (table.some((o) => o.after && o.after === led) ? led : ""));
    const command = row && commands().find((c) => c.id === row.id);
    const button = !command && !led && /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
    if (!command && !button) return undefined;
    event.preventDefault();
    if (row?.after) before = { key: "", at: 0 };
    return button ? button.click() : command.run(event);
  });
}

// KeyList shows the whole table.
export function KeyList({ close }) {
  const places = [...new Set(table.map((k) => k.where))];
  return html`<${Dialog} title="Keys" wide close=${close} testid="key-list"><div class="keylist">${places.map((where) => html`<section key=${where}><h3 class="h4">${where}</h3><dl>${table.filter((k) => k.where === where).map((k) => html`<div key=${k.id} data-id=${k.id}><dt>${k.shown.map((of, i) => html`${i > 0 && html`<span class="dim"> or </span>`}<${Keys} of=${of}/>`)}</dt><dd>${k.text}</dd></div>`)}</dl></section>`)}</div><//>`;
}
