// The keys of a phone and of the wall, as the list of keys tells them.
import { html } from "../vendor/preact-htm.js";
import { Dialog } from "./dialog.js";
import { t } from "./words.js";

const shared = [["A", "approve"], ["D", "decline"], ["F", "fail"], ["X", "expire"], ["R", "ask"], ["?", "list"]];
const tables = {
  phone: [["Enter", "main"], ["Esc", "back"], ["1–9", "pick"], ["H", "home"], ["L", "lock"], ["S", "scan"], ...shared],
  wall: [["← → ↑ ↓", "move"], ["Enter", "openphone"], ["Esc", "back"], ...shared],
};

// rowsOf are the keys of a page, each with what it does.
export const rowsOf = (page) => tables[page].map(([key, words]) => [key, t("ctl.key." + words)]);

// KeyList shows them.
export const KeyList = ({ page, close }) => html`<${Dialog} title=${t("ctl.keys")} close=${close}><dl class="keylist" data-testid="key-list">${rowsOf(page).map(([key, words]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl><//>`;
