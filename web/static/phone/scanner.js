// Reading QR codes from pictures and from the camera: by the browser where it
// can, else by the simulator.

// own tells whether a link leads to this world's own pages.
export function own(boot, url) {
  return [boot.address + "/", location.origin + boot.prefix + "/"].some((base) => url.startsWith(base));
}

async function detector() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

// picturesText gives the text of the code in a picture as content, or, where
// this browser cannot read it, a way to ask the simulator. The picture is shown
// while it is looked at.
export async function picturesText(file, show) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) throw { reason: "none" };
  show(small(bitmap).toDataURL());
  const found = await (await detector())?.detect(bitmap).catch(() => []);
  if (found?.length) return { content: found[0].rawValue };
  const png = await asPNG(bitmap);
  return { ask: (address) => ask(address, png) };
}

// Larger pictures are made smaller: the simulator takes no more than that.
const widest = 1600;

function drawn(source, width, height, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// small is a picture as large as the phone shows it.
const small = (bitmap) => drawn(bitmap, bitmap.width, bitmap.height, 480);

const asPNG = (source, width = source.width, height = source.height) => new Promise((resolve) => drawn(source, width, height, widest).toBlob(resolve, "image/png"));

async function ask(address, png) {
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "image/png" }, body: png }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!said) throw { code: "not_sent" };
  if (answer.ok) return { requestId: said.request?.id, url: said.url };
  const details = Object.fromEntries((said.extraDetails || []).map((d) => [d.name, d.reason]));
  if (details.$) throw { reason: "none" };
  throw { code: details.ErrorCode, reason: details.Reason, host: details.Host, message: said.detail };
}

// cameraAllowed tells whether the browser would lend its camera: only to
// pages it trusts.
export const cameraAllowed = () => Boolean(window.isSecureContext && navigator.mediaDevices?.getUserMedia);

// watch shows the camera in a video until a code is seen, whose text is told,
// or the function it gives is called. Where the browser reads no codes, the
// simulator is shown a picture now and then; answered tells what it led to.
export async function watch(video, address, { text, answered }) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  let over = false;
  const stop = () => {
    over = true;
    stream.getTracks().forEach((track) => track.stop());
  };
  video.srcObject = stream;
  await video.play();
  const reader = await detector();
  const look = async () => {
    if (over) return;
    try {
      const seen = reader ? await reader.detect(video) : [];
      if (over) return;
      if (seen.length) return stop(), text(seen[0].rawValue);
      if (!reader) {
        const led = await ask(address, await asPNG(video, video.videoWidth, video.videoHeight));
        return stop(), answered(led);
      }
    } catch (error) {
      if (error.reason !== "none") return stop(), answered(null, error);
    }
    setTimeout(look, reader ? 200 : 800);
  };
  look();
  return stop;
}
