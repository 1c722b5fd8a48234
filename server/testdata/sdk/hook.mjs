// Points the vendor's SDK, whose hosts are fixed in its code, at the simulator
// without touching it: every fetch to the test environment goes to LIKSOM_URL.
const vendor = "https://apitest.vipps.no";
const real = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const request = new Request(input, init);
  if (!request.url.startsWith(vendor)) return real(request);
  const target = process.env.LIKSOM_URL + request.url.slice(vendor.length);
  return real(new Request(target, request));
};
