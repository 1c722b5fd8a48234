// A run as test reports are read elsewhere.
const xml = (s) => String(s ?? "").replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "");
const seconds = (ms) => (typeof ms === "number" ? ` time="${ms / 1000}"` : "");

// said writes what was wanted or came, which may be any JSON.
export const said = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

// junit writes a run as JUnit XML; all are the scenarios as they are listed.
export function junit(run, all) {
  const cases = run.scenarios.map((r) => {
    const s = all.find((o) => o.id === r.id) || r;
    const failure = r.state === "failed" ? `<failure message="${xml(`step ${r.failure?.step}: wanted ${said(r.failure?.expected)}, got ${said(r.failure?.actual)}`)}">${xml(r.failure?.excerpt)}</failure>` : r.state === "passed" ? "" : "<skipped/>";
    return `  <testcase classname="${xml(s.group || "scenarios")}" name="${xml(s.title || r.id)}"${seconds(r.durationMs)}>${failure}</testcase>`;
  });
  const failed = run.scenarios.filter((r) => r.state === "failed").length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="liksom" tests="${cases.length}" failures="${failed}" skipped="${run.scenarios.filter((r) => r.state !== "passed" && r.state !== "failed").length}"${seconds(run.durationMs)}>\n${cases.join("\n")}\n</testsuite>\n`;
}
