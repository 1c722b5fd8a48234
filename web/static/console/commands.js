// What can be done, as data: {id, label, icon?, why?, run}. Pages and what is
// chosen on them offer theirs while they are shown; the palette lists them and
// the keys run them.
import { useRef, useLayoutEffect } from "../vendor/preact-htm.js";
import { sim } from "./api.js";

const offered = new Set();

// useCommands offers commands for as long as a component is shown.
export function useCommands(list) {
  const box = useRef({});
  box.current.list = list;
  useLayoutEffect(() => {
    const mine = box.current;
    offered.add(mine);
    return () => offered.delete(mine);
  }, []);
}

// offers are the commands of what is shown now, the innermost first.
export const offers = () => [...offered].flatMap((box) => box.list);

// pages are the ways to go; those whose route is not there are left out by
// whoever lists them.
export const pages = [
  { id: "go-payments", label: "Payments", icon: "list", path: "/" },
  { id: "go-webhooks", label: "Webhooks", icon: "webhook", path: "/console/webhooks" },
  { id: "go-requests", label: "Requests", icon: "code", path: "/console/requests" },
  { id: "go-phones", label: "Phones", icon: "phones", path: "/phone" },
  { id: "go-qr", label: "QR codes", icon: "qr", path: "/console/qr" },
  { id: "go-merchants", label: "Merchants", icon: "shop", path: "/console/merchants" },
  { id: "go-scenarios", label: "Scenarios", icon: "flask", path: "/console/scenarios" },
  { id: "go-control", label: "Clock and faults", icon: "clock", path: "/console/control" },
  { id: "go-settings", label: "Settings", icon: "settings", path: "/console/settings" },
  { id: "go-start", label: "Get started: keys, phones, first payment", icon: "flag", path: "/console/start" },
  { id: "go-shop", label: "Sock shop, a demo", icon: "sock", path: "/demo/shop" },
  { id: "go-taxi", label: "Taxi, a demo", icon: "taxi", path: "/demo/taxi" },
  { id: "go-docs", label: "API reference", icon: "code", path: "/docs" },
  { id: "go-docs-scenarios", label: "Scenarios to read", icon: "flask", path: "/docs/scenarios" },
];

// everywhere are the commands that every page has.
export const everywhere = (v) => [
  { id: "new-payment", label: "New payment", icon: "plus", run: () => v.open("payment") },
  { id: "freeze", label: v.clock.frozen ? "Let time go on" : "Freeze the clock", icon: v.clock.frozen ? "play" : "frozen", run: v.turn.freeze },
  { id: "forward", label: "Move the clock one minute forward", icon: "fast-forward", run: (e) => v.turn.advance(e?.shiftKey && e.code !== "Equal" && e.code !== "Minus" ? "5m" : "1m") },
  { id: "forward5", label: "Move the clock five minutes forward", icon: "fast-forward", run: () => v.turn.advance("5m") },
  { id: "next-deadline", label: "Move the clock to the next deadline", icon: "fast-forward", run: v.turn.next },
  ...[1, 60, 300].map((n) => ({ id: "speed-" + n, label: n === 1 ? "Let time pass at its own pace" : `Let time pass ${n} times as fast`, icon: "clock", run: () => v.turn.speed(n) })),
  { id: "faults-off", label: "Turn all faults off", icon: "warning", run: () => v.act(() => sim("/faults", "DELETE"), "No fault is on") },
  { id: "expire-tokens", label: "End all access tokens now", icon: "key", run: () => v.act(() => sim("/tokens/expire", "POST"), "Every access token has ended") },
  { id: "keys", label: "Show the keys", icon: "info", run: () => v.open("keys") },
];
