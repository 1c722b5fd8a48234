// The back seat, with the city passing by the windows.
import { html } from "../vendor/preact-htm.js";
import { Icon } from "./parts.js";
import { number } from "../format.js";

const Scene = () => html`<svg class="sc" viewBox="0 0 440 612" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><defs><linearGradient id="n" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#101731"/><stop offset="1" stop-color="#36406f"/></linearGradient><linearGradient id="seat" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#3b3d4a"/><stop offset="1" stop-color="#23242d"/></linearGradient></defs>
<rect width="440" height="612" fill="#15161d"/><path d="M0 0H440V150Q220 120 0 150z" fill="url(#n)"/><g fill="#1a2144"><path d="M0 146V96h34V70h40v76zM88 140V84h30v56zM132 136V60h44v76zM190 134V92h26v42zM232 134V74h40v60zM286 136V98h34v38zM332 140V66h46v74zM392 146V90h48v58z"/></g><g fill="#ffd27a"><path d="M10 104h7v7h-7zM46 82h7v7h-7zM58 98h7v7h-7zM96 94h6v6h-6zM142 72h7v7h-7zM156 90h7v7h-7zM242 86h7v7h-7zM256 104h7v7h-7zM294 108h6v6h-6zM344 78h7v7h-7zM360 96h7v7h-7zM402 102h7v7h-7z"/></g>
<rect x="120" y="128" width="200" height="62" rx="26" fill="#2c2d38"/><rect x="196" y="186" width="14" height="20" fill="#22232c"/><rect x="232" y="186" width="14" height="20" fill="#22232c"/>
<path d="M60 612V300Q60 198 150 196H290Q380 198 380 300V612z" fill="url(#seat)"/><path d="M96 612V316Q96 236 160 234H280Q344 236 344 316V612" fill="none" stroke="#4a4c5b" stroke-width="3"/><path d="M0 612V360Q0 300 40 296V612zM440 612V360Q440 300 400 296V612z" fill="#1c1d26"/></svg>`;

// Map is where the cab is: the dot goes along the road while the meter runs.
// The way is drawn, not driven, so it begins again at its end.
const Map = ({ beats }) => {
  const at = (beats % 100) / 100;
  const x = 8 + 104 * at;
  const y = 26 - 12 * Math.sin(at * 2 * Math.PI);
  return html`<svg class="map" data-testid="taxi-map" width="120" height="52" viewBox="0 0 120 52" aria-hidden="true"><rect width="120" height="52" rx="12" fill="#0f1320"/><path d="M0 12h120M0 40h120M30 0v52M88 0v52" stroke="#232a40" stroke-width="3"/>
    <path d="M8 26C25 10 43 10 60 26S95 42 112 26" fill="none" stroke="#4a5478" stroke-width="4" stroke-linecap="round"/><circle cx="112" cy="26" r="4" fill="#fff"/><circle class="dot" cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="6" fill="#FFC53D" stroke="#1B1B1F" stroke-width="2"/></svg>`;
};

export function Seat({ ride, fare, beats, scanning, base, prefix, id }) {
  const code = ride.sticker && ride.sticker.replace(/^.*\/qr\//, `${prefix}/qr/`);
  return html`<section class="p-seat"><h2 class="lab3">In the back seat</h2><div class=${scanning ? "cab scan" : "cab"} data-testid="taxi-cab"><${Scene}/>
    ${code && html`<a class="sticker" data-testid="taxi-sticker" data-says=${ride.sticker} href=${code} target="_blank" rel="noopener"><span class="h">Betal med Vipps</span><img width="116" height="116" alt="QR code to scan" src=${`${base}/sticker.svg?id=${id}`}/><b>Taxi ${id}</b><i class="s"></i></a>`}
    <div class="meter" data-testid="taxi-meter"><div class="grow"><small>${ride.ended ? "Trip ended, 11.4 km, 14 min" : html`<${Icon} name="pin" size=${14}/> On the way to the airport`}</small><b class="num">${number("nb", fare)}</b></div>${ride.ended ? html`<span class="kr">kr</span>` : html`<${Map} beats=${beats}/>`}</div></div></section>`;
}
