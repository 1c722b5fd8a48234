// Sound and vibration: this browser's own choice, off until switched on.

const name = (sense) => "liksom." + sense;

// wanted tells whether a sense is switched on.
export function wanted(sense) {
  try {
    return localStorage.getItem(name(sense)) === "on";
  } catch {
    return false; // storage may be forbidden
  }
}

// want switches a sense, and lets it be felt: browsers allow neither before
// somebody has touched the page.
export function want(sense, on) {
  try {
    localStorage.setItem(name(sense), on ? "on" : "off");
  } catch {
    return;
  }
  if (on) ({ sound: beep, vibrate: buzz })[sense]?.();
}

export const canVibrate = () => typeof navigator.vibrate === "function";

let audio;

// beep plays two short tones.
export function beep() {
  if (!wanted("sound")) return;
  audio ||= new AudioContext();
  for (const [at, pitch] of [[0, 660], [0.16, 880]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    const start = audio.currentTime + at;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.15, start + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.13);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.14);
  }
}

export function buzz() {
  if (wanted("vibrate") && canVibrate()) navigator.vibrate([80, 40, 80]);
}

// canNotify tells why there are no notifications of this browser: "" where
// there are, "insecure" where the page is not trusted, "denied" where they
// were forbidden.
export function canNotify() {
  if (!window.isSecureContext || !("Notification" in window)) return "insecure";
  return Notification.permission === "denied" ? "denied" : "";
}

// allow asks the browser for leave to notify, and tells whether it was given.
export const allow = async () => (await Notification.requestPermission()) === "granted";

// announce shows a push as this browser's own notification while nobody looks
// at the page.
export function announce(title, body, tag) {
  if (!wanted("notify") || canNotify() || Notification.permission !== "granted" || !document.hidden) return;
  try {
    const shown = new Notification(title, { body, tag });
    shown.onclick = () => (window.focus(), shown.close());
  } catch {
    // some phones let only a service worker notify
    navigator.serviceWorker?.ready.then((worker) => worker.showNotification(title, { body, tag })).catch(() => {});
  }
}
