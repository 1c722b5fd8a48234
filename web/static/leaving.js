// Leaving the page while a push is out: the browser asks first, and a shop's
// dialog that closes takes the payment back. Our own forms and links stay with
// the payment, so they leave without a word.

// guard watches over a page; waiting tells whether a push is out, form gives
// the form that cancels.
export function guard({ waiting, framed, form }) {
  let ours = false;
  const own = () => {
    ours = true;
    setTimeout(() => (ours = false), 2000); // in case it leads nowhere
  };
  document.addEventListener("submit", own);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && link.target !== "_blank" && link.origin === location.origin) own();
  });
  addEventListener("beforeunload", (event) => {
    if (waiting() && !ours && !framed) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    const cancels = form();
    if (!framed || ours || !cancels || !["enter", "waiting"].includes(document.querySelector("[data-testid=landing]").dataset.state)) return;
    navigator.sendBeacon(cancels.getAttribute("action"), new URLSearchParams({ token: cancels.elements.token.value, action: "cancel" }));
  });
}
