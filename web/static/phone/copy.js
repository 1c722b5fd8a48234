// A button that copies what stands beside it, or marks it to be copied by hand
// where the browser lends no clipboard.
import { html, useState } from "../vendor/preact-htm.js";
import { Icon } from "./draw.js";
import { speak } from "./spoken.js";
import { t } from "./words.js";

function mark(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

// Copy stands in an element with what it copies, which the selector finds.
export function Copy({ of, testid }) {
  const [copied, set] = useState(false);
  const copy = async (event) => {
    const from = event.currentTarget.parentElement.querySelector(of);
    try {
      await navigator.clipboard.writeText(from.textContent);
    } catch {
      return mark(from);
    }
    speak(t("common.copied"));
    set(true);
    setTimeout(() => set(false), 1500);
  };
  return html`<button type="button" class="btn sm quiet copies" data-testid=${testid} onClick=${copy}><${Icon} name=${copied ? "check" : "copy"} size=${14}/>${t(copied ? "common.copied" : "common.copy")}</button>`;
}
