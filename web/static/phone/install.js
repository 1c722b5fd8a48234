// Whether this browser would put the phone on a home screen, and how.

let offer = null; // what the browser has offered, until it is taken up

// listen keeps the browser's offer for when somebody wants it; changed is
// called when there is one, or none any more.
export function listen(changed) {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    changed();
  });
  addEventListener("appinstalled", () => ((offer = null), changed()));
}

// installs tells how it goes: "" where the browser asks by itself, "insecure"
// where it would never, "done" where this is the app already, "menu" where its
// own menu has to be used.
export function installs() {
  if (matchMedia("(display-mode: standalone)").matches) return "done";
  if (!window.isSecureContext) return "insecure";
  return offer ? "" : "menu";
}

// install has the browser ask.
export const install = () => offer?.prompt();
