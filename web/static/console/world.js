// Which world this is, and the ways to the others.
import { html } from "../vendor/preact-htm.js";
import { boot, sim } from "./api.js";
import { useAsked, Menu } from "./parts.js";

// named is the world of a path such as "/w/ci-42"; "" for the default one.
const named = decodeURIComponent(boot.prefix.replace(/^\/w\//, ""));

// worldHere is the name of the world that is looked at, which its path or its
// host tells; "" for the default one.
export const worldHere = (worlds) => named || worlds?.find((w) => !w.default && location.hostname.startsWith(w.name + "."))?.name || "";

// World is the chip with the world's name, and a menu of all of them. Where
// worlds cannot be listed there is this one only.
export function World({ v }) {
  const { data } = useAsked(() => sim("/worlds").catch(() => ({ worlds: null })), [Math.floor(v.version / 20)]);
  const worlds = data?.worlds;
  const here = worldHere(worlds);
  const others = (worlds || []).filter((w) => !w.default && w.name !== here);
  if (!here && !others.length) return null;
  if (!worlds) return html`<span class="wchip" data-testid="world">World ${here}</span>`;
  const home = worlds.find((w) => w.default).url + "/";
  const make = () => v.act(async () => {
    location.assign((await sim("/worlds", "POST", {})).url + "/");
  });
  const items = [
    ...(here ? [{ id: "default", label: "The default world", run: () => location.assign(home) }] : []),
    ...others.map((w) => ({ id: w.name, label: "World " + w.name, run: () => location.assign(w.url + "/") })),
    { id: "new", label: "Make a new world", icon: "plus", run: make },
    { id: "worlds", label: "All worlds", icon: "list", run: () => v.go("/console/settings") },
  ];
  return html`<${Menu} label="Worlds" kind=${here ? "wchip" : "wchip home"} testid="world" icon="" word=${"World " + (here || "default")} items=${items}/>`;
}

// Auth tells where keys are not looked at.
export function Auth() {
  const { data } = useAsked(() => sim("/info"), []);
  return data?.auth === "open" ? html`<span class="wchip open" data-testid="auth-open" title="The simulator runs with --auth open">Open: any keys work</span>` : null;
}
