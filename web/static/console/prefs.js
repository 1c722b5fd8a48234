// What somebody likes, kept in this browser and nowhere else.
const attributes = ["theme", "density"];

export function pref(name) {
  try {
    return localStorage.getItem("liksom." + name) || "";
  } catch {
    return "";
  }
}

// prefer keeps a choice; "" goes back to the usual. Where the browser keeps
// nothing it holds until the page is left.
export function prefer(name, value) {
  try {
    if (value) localStorage.setItem("liksom." + name, value);
    else localStorage.removeItem("liksom." + name);
  } catch { /* it holds for this page */ }
  if (!attributes.includes(name)) return;
  if (value) document.documentElement.dataset[name] = value;
  else delete document.documentElement.dataset[name];
}

// singleKeys tells whether keys alone do something.
export const singleKeys = () => pref("keys") !== "off";
