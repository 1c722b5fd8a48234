// A dialog over the page: it takes the focus, keeps it, and gives it back.
import { html } from "../vendor/preact-htm.js";
import { Icon } from "./draw.js";
import { trap } from "./trap.js";
import { t } from "./words.js";

export const Dialog = ({ title, close, children }) => html`<button class="scrim over dialogs" tabindex="-1" aria-label=${t("common.close")} onClick=${close}></button><div class="dialog" role="dialog" ref=${trap} aria-modal="true" aria-label=${title}><header><h2 class="grow">${title}</h2><button class="ib" aria-label=${t("common.close")} onClick=${close}><${Icon} name="cross"/></button></header>${children}</div>`;
