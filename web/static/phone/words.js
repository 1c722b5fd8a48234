// The words of what stands around the phones: in the language of the page,
// whichever language a phone itself speaks.
import { say } from "./draw.js";

// lang is the page's language.
export const lang = JSON.parse(document.getElementById("boot")?.textContent || "{}").lang || "en";

// t gives a text in the page's language.
export const t = (key, values) => say(lang, key, values);
