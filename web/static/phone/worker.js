// Keeps the shell of the phones' pages, so that a phone opened without a
// network shows itself and not the browser's own page. What a phone shows
// comes over its socket and is never kept.
const kept = "phones";
const base = new URL(registration.scope).pathname.replace(/phone\/$/, "");
const assets = base + "assets/";
const shell = /\/phone\/\d+$/;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(assets)) event.respondWith(file(event.request, url));
  else if (event.request.mode === "navigate" && shell.test(url.pathname)) event.respondWith(page(event.request, url));
});

// A page tells what it has loaded, so that its first visit is enough.
addEventListener("message", (event) => {
  const { page: address, files } = event.data;
  const ours = files.filter((name) => new URL(name).origin === location.origin && new URL(name).pathname.startsWith(assets));
  const kept = Promise.all([page(new Request(address), new URL(address)), ...ours.map((name) => file(new Request(name), new URL(name)))]);
  event.waitUntil(kept.then(() => event.ports[0].postMessage("kept")).catch(() => {}));
});

// file gives a file, whose address changes with its content, from what is
// kept; the files of an older version go when a newer one comes.
async function file(request, url) {
  const cache = await caches.open(kept);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (!answer.ok) return answer;
  const version = url.pathname.slice(assets.length).split("/")[0];
  for (const old of await cache.keys()) {
    const path = new URL(old.url).pathname;
    if (path.startsWith(assets) && !path.startsWith(assets + version + "/")) await cache.delete(old);
  }
  await cache.put(request, answer.clone());
  return answer;
}

// page gives a phone's page as it is, or as it last was.
async function page(request, url) {
  const cache = await caches.open(kept);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(url.pathname, answer.clone());
    return answer;
  } catch (error) {
    const known = await cache.match(url.pathname);
    if (known) return known;
    throw error;
  }
}
