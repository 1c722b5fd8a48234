// People who have the app never see the landing page: the link opens the app
// itself. The simulator's likeness of it: a phone's browser in which a
// simulated phone was opened before goes on to that phone, once for a link.

const name = (prefix) => "liksom.phone" + prefix;

// used notes that this browser is somebody's simulated phone.
export function used(prefix, number) {
  try {
    localStorage.setItem(name(prefix), number);
  } catch {
    // storage may be forbidden; then the landing page is shown
  }
}

function known(prefix) {
  try {
    return localStorage.getItem(name(prefix));
  } catch {
    return null;
  }
}

const moment = 600; // milliseconds, long enough to say no

// shows puts the notice that the app opens in the form's place.
export function shows(main) {
  const notice = main.querySelector("[data-switch]");
  main.dataset.state = "app-switch";
  notice.hidden = false;
  notice.querySelector("h1").focus({ preventScroll: true });
  return notice;
}

// switches shows that the app opens, and opens it, where this browser is a
// phone and has one.
export function switches(main) {
  const prefix = location.pathname.replace(/\/landing$/, "");
  const number = known(prefix);
  const key = "switched:" + new URLSearchParams(location.search).get("token");
  if (!number || self !== top || !matchMedia("(pointer: coarse)").matches || sessionStorage.getItem(key)) return;
  sessionStorage.setItem(key, "once");
  const notice = shows(main);
  const link = new URL(location.href);
  const open = () => main.isConnected && location.assign(`${prefix}/phone/${number}?link=${encodeURIComponent(link.origin + link.pathname + "?token=" + link.searchParams.get("token"))}`);
  const going = setTimeout(open, moment);
  notice.querySelector("[data-switch-other]").addEventListener("click", () => {
    clearTimeout(going);
    main.dataset.state = "enter";
    notice.hidden = true;
    main.querySelector("#number").focus();
  });
}
