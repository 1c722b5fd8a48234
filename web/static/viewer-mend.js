// What the vendored viewer leaves out for those who do not see or point:
// names for fields, headings in order, landmarks, no link in a button.
const name = (field, text) => field.hasAttribute("aria-label") || field.setAttribute("aria-label", text);
const region = (part, text) => (part.setAttribute("role", "region"), name(part, text));
const level = (heading, n) => heading.setAttribute("aria-level", n);

const mends = [
  [".information-container", (e) => region(e, "About this API")],
  [".scheme-container", (e) => region(e, "Server and keys")],
  ["#servers", (e) => name(e, "Server")],
  ["select.examples-select-element", (e) => name(e, "Example")],
  ["textarea", (e) => name(e, "Body")],
  ["select.content-type", (e) => name(e, "Media type")],
  ["pre", (e) => (e.tabIndex = 0)],
  ["h3.opblock-tag, .models > h4", (e) => level(e, 2)],
  [".opblock h4, .opblock h5", (e) => level(e, 3)],
  [".opblock-summary-control a", (e) => e.removeAttribute("href")],
];

// mend keeps a place as it should be, however often the viewer draws it anew.
export const mend = (place) => {
  const all = () => mends.forEach(([which, how]) => place.querySelectorAll(which).forEach(how));
  new MutationObserver(all).observe(place, { childList: true, subtree: true });
};
