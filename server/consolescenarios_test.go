package server_test

import (
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/web/browsertest"
)

// cannedScenarios answers for the runner of scenarios, in the page: a list, a
// run that goes on until it is let end or stopped, and a file.
const cannedScenarios = `(() => {
	const list = [
		{ id: "web-paid", title: "Web payment, paid", about: "A customer pays on the landing page.", tags: ["web"], group: "Everyday", steps: 9 },
		{ id: "taxi-share-phone", title: "Taxi: scan, share, pay", about: "A passenger scans the sticker.", tags: ["qr", "userinfo"], group: "Everyday", steps: 9, file: "scenarios/taxi-share-phone.yaml" },
		{ id: "says-no", title: "Customer says no <b>&", about: "The payer declines.", tags: [], group: "Everyday", steps: 6 },
		{ id: "webhook-twice", title: "Webhook fails twice, then arrives", about: "The receiver answers 500.", tags: ["webhook"], group: "Trouble", steps: 8 },
		{ id: "refund-half", title: "Refund half", about: "Half of it goes back.", tags: [], group: "Trouble", steps: 5 },
	];
	const steps = (names, now) => names.map(([name, detail, tookMs], i) => ({ name, detail, tookMs: i < now ? tookMs : undefined, state: i < now ? "passed" : i === now ? "running" : "waiting", line: 4 + i }));
	const taxi = [["Make the QR code for taxi 122", "", 4], ["Kari scans it", "sent on to taxi.example/pay/122", 21], ["Create a payment of NOK 350.00, asking for phoneNumber", "", 12], ["Kari’s phone asks for consent", "", 403], ["Kari shares", "", 310], ["Kari pays with card 4242", "", 604],
		["Expect a webhook authorized within 2 s", "waiting for the second try, the first got 500", 700], ["Capture NOK 350.00"], ["Expect phone number 4712345678 in the user info"]];
	const failure = { step: 6, line: 17, expected: "2 tries", actual: "3 tries", excerpt: "  16 | - expect:\n> 17 |     webhook: {tries: 2}", payment: { msn: "123456", reference: "hook-0001" }, timeline: ["0.000 created", "2.100 try 1, 500"] };
	let runs = Number(sessionStorage.getItem("runs"));
	const run = () => ({ id: "run-" + runs, state: window.stopped ? "stopped" : window.ended ? "failed" : "running", startedAt: "2026-11-21T14:33:05Z", durationMs: 9000, scenarios: [
		{ id: "web-paid", state: "passed", durationMs: 2100, steps: steps(taxi, 9) },
		{ id: "taxi-share-phone", state: window.stopped ? "stopped" : window.ended ? "passed" : "running", durationMs: 1400, phone: "4712345678", ...(window.story && { world: window.story }), steps: steps(taxi, window.ended ? 9 : 6) },
		{ id: "says-no", state: "passed", durationMs: 900, steps: steps(taxi.slice(0, 6), 9), skipsMs: 300000 },
		{ id: "webhook-twice", state: "failed", durationMs: 4000, failure, steps: steps(taxi.slice(0, 5), 9).concat({ name: "Expect two tries", state: "failed", tookMs: 2000, line: 17 }) },
		{ id: "refund-half", state: "waiting", steps: [] },
	] });
	const answers = { "GET /scenarios": () => ({ scenarios: list }), "POST /scenarios/run": (body) => (sessionStorage.setItem("runs", ++runs), window.asked = body, window.stopped = window.ended = false, run()), "GET /scenarios/runs/run": run, "DELETE /scenarios/runs/run": () => (window.stopped = true, null), "GET /scenarios/taxi-share-phone": () => ({ source: "name: Taxi\nsteps:\n  - qr: taxi-122\n" }) };
	const real = window.fetch;
	// The stream is the page's own, to be cut: window.tell has it tell something.
	const line = () => {
		if (window.cut) return Promise.reject(new TypeError("cut"));
		const body = new ReadableStream({ start(c) {
			window.tell = () => c.enqueue(new TextEncoder().encode("event: scenario\ndata: {}\n\n"));
			window.cutNow = () => (window.cut = true, c.error(new TypeError("cut")));
		} });
		return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
	};
	window.fetch = (url, options = {}) => {
		const path = String(url).replace(/^.*\/sim\/v1/, "");
		if (path === "/stream" && location.pathname.includes("/console/scenarios")) return line();
		const answer = answers[(options.method || "GET") + " " + path.replace(/run-\d+$/, "run")];
		if (!answer || !path.startsWith("/scenarios")) return real(url, options);
		if (window.cut) return Promise.reject(new TypeError("cut"));
		if (window.forgotten && path.includes("/runs/")) return Promise.resolve(new Response(JSON.stringify({ detail: 'There is no run "run-3".' }), { status: 404, headers: { "Content-Type": "application/problem+json" } }));
		const body = answer(options.body && JSON.parse(options.body));
		return Promise.resolve(new Response(body === null ? null : JSON.stringify(body), { status: body === null ? 204 : 200, headers: { "Content-Type": "application/json" } }));
	};
})()`

func noScenarios(j *journey) {
	tab := j.chromium.Tab(j.t, wide())
	tab.Before(`(() => { const real = fetch; window.fetch = (url, o) => (String(url).endsWith("/sim/v1/scenarios") ? Promise.resolve(new Response('{"title":"Not Found","detail":"There is nothing at /sim/v1/scenarios.","status":404}', { status: 404, headers: { "Content-Type": "application/problem+json" } })) : real(url, o)); })()`)
	tab.Go(j.BaseURL() + "/console/scenarios")
	tab.Wait(browsertest.ID("scenarios-none"))
	require.Contains(j.t, tab.Text(browsertest.ID("scenarios-none")), "can’t run scenarios")
	tab = j.chromium.Tab(j.t, wide())
	tab.Before(`(() => { const real = fetch; window.fetch = (url, o) => (String(url).endsWith("/sim/v1/scenarios") ? Promise.resolve(new Response('{"scenarios":[]}', { headers: { "Content-Type": "application/json" } })) : real(url, o)); })()`)
	tab.Go(j.BaseURL() + "/console/scenarios")
	tab.Wait(browsertest.ID("scenarios-none"))
	example := browsertest.Eval[string](tab, `document.querySelector("[data-testid=scenarios-none] code").textContent`)
	_, err := scenarios.Parse("example.yaml", []byte(example))
	require.NoError(j.t, err, "what the page teaches is the language")
}

func scenario(id, result string) string {
	return `[data-testid="scenario-row"][data-id="` + id + `"][data-result="` + result + `"]`
}

func runScenarios(j *journey) {
	tab := j.chromium.Tab(j.t, wide())
	tab.Before(cannedScenarios)
	tab.Go(j.BaseURL() + "/console/scenarios")
	tab.Wait(scenario("taxi-share-phone", "never"))
	require.Contains(j.t, tab.Text(scenario("says-no", "never")), "Customer says no <b>&")
	tab.Click(browsertest.ID("scenario-run-all"))
	tab.Wait(scenario("taxi-share-phone", "running"))
	require.Equal(j.t, 5, browsertest.Eval[int](tab, `window.asked.scenarios.length`))
	require.Contains(j.t, tab.Text(scenario("taxi-share-phone", "running")), "Step 7 of 9")
	require.Contains(j.t, tab.Text(scenario("webhook-twice", "failed")), "Failed at step 6")
	step := `[data-testid="scenario-step"][data-state="running"]`
	tab.Wait(step)
	require.Contains(j.t, tab.Text(step), "waiting for the second try")
	tab.Click(browsertest.ID("scenario-file"))
	tab.Until(`document.querySelector(".lines")?.textContent.includes("qr: taxi-122")`)
	tab.Wait(browsertest.ID("scenario-phone"))
	browsertest.Eval[any](tab, `window.cutNow()`)
	tab.Until(`document.querySelector(".box")?.textContent.includes("Lost contact at step 7")`)
	require.Contains(j.t, tab.Text(scenario("taxi-share-phone", "stopped")), "Lost contact at step 7", "what is not heard of stands still")
	browsertest.Eval[any](tab, `window.cut = false`)
	tab.Click(".box button")
	tab.Until(`!document.querySelector(".box")`)
	tab.Wait(scenario("taxi-share-phone", "running"))
	tab.Click(browsertest.ID("scenario-stop"))
	tab.Wait(scenario("taxi-share-phone", "stopped"))
	tab.Wait(browsertest.ID("scenario-junit"))
	tab.Click(scenario("webhook-twice", "failed"))
	tab.Wait(browsertest.ID("scenario-failure"))
	said := tab.Text(browsertest.ID("scenario-failure"))
	require.Contains(j.t, said, "2 tries")
	require.Contains(j.t, said, "3 tries")
	require.Equal(j.t, "/console/payments/123456/hook-0001", browsertest.Eval[string](tab, `document.querySelector("[data-testid=scenario-failure] a").pathname`))
	tab.Click(browsertest.ID("scenario-run-failed"))
	tab.Until(`JSON.stringify(window.asked.scenarios) === '["webhook-twice"]'`)
	tab.Wait(scenario("taxi-share-phone", "running"))
	browsertest.Eval[any](tab, `(window.ended = true, window.tell())`)
	tab.Wait(scenario("taxi-share-phone", "passed")) // told by the stream, not by asking again and again
	tab.Click(browsertest.ID("scenario-run-all"))
	tab.Wait(scenario("taxi-share-phone", "running"))
	browsertest.Eval[any](tab, `(window.forgotten = true, window.tell())`)
	tab.Until(`document.querySelector(".box")?.textContent.includes("Lost contact at step 7. The simulator knows nothing of this run any more.")`)
}

func runReal(j *journey) {
	tab := j.consoleAt("/console/scenarios/retry-ladder", wide())
	tab.Wait(scenario("retry-ladder", "never"))
	tab.Click(browsertest.ID("scenario-run"))
	tab.Wait(scenario("retry-ladder", "passed"))
	require.Contains(j.t, tab.Text(scenario("retry-ladder", "passed")), "days")
	require.NotZero(j.t, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=scenario-step][data-state=passed]").length`))
	tab.Click(scenario("duplicate-delivery", "never"))
	tab.Until(`document.querySelector("[data-testid=scenario-shown] article")?.dataset.id === "duplicate-delivery"`)
	tab.Click(browsertest.ID("scenario-run"))
	tab.Wait(scenario("duplicate-delivery", "passed"))

	tab.Click(browsertest.ID("scenario-write"))
	tab.Wait(browsertest.ID("scenario-form"))
	tab.Click(browsertest.ID("scenario-send"))
	tab.Wait(scenario("customer-says-no", "passed"))
	tab.Picture("console-scenarios-passed")

	tab.Click(browsertest.ID("scenario-docs"))
	tab.Wait(browsertest.ID("scenario-group"))
	tab.Picture("docs-scenarios")
	tab.Click(`#retry-ladder h3 a`)
	tab.Wait(browsertest.ID("scenario-source"))
	tab.Picture("docs-scenario")
}

// write fills in the form for a scenario of one's own, and sends it.
func write(tab *browsertest.Tab, source, shop string) {
	tab.Click(browsertest.ID("scenario-write"))
	tab.Wait(browsertest.ID("scenario-form"))
	browsertest.Eval[any](tab, `(() => {
		const set = (name, value) => { const f = document.querySelector("[data-testid=scenario-form] [name=" + name + "]"); f.value = value; f.dispatchEvent(new Event("input", { bubbles: true })); };
		set("source", `+quoted(source)+`);
		set("shop", `+quoted(shop)+`);
	})()`)
	tab.Click(browsertest.ID("scenario-send"))
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func failReal(j *journey) {
	tab := j.consoleAt("/console/scenarios", wide())
	write(tab, strings.Replace(goesWrong, "create:", "crate:", 1), "")
	tab.Wait(browsertest.ID("scenario-refused"))
	require.Contains(j.t, tab.Text(browsertest.ID("scenario-refused")), "source:4:5")
	tab.Click("dialog .cp")

	write(tab, goesWrong, "")
	tab.Wait(scenario("goes-wrong", "failed"))
	tab.Wait(browsertest.ID("scenario-failure"))
	said := tab.Text(browsertest.ID("scenario-failure"))
	require.Contains(j.t, said, "Wanted")
	require.Contains(j.t, said, "AUTHORIZED")
	require.Contains(j.t, said, "CREATED")
	tab.Picture("console-scenarios-failed")
	tab.Click(browsertest.ID("scenario-payment"))
	tab.Until(`location.pathname.startsWith("/w/") && document.body?.textContent.includes("order-goes-wrong-001")`)
}

func failShop(j *journey) {
	tab := j.consoleAt("/console/scenarios", wide())
	write(tab, "id: at-my-shop\ntitle: At my shop\nsteps:\n  - order: {amount: 25000}\n", j.BaseURL()+"/nobody")
	tab.Wait(scenario("at-my-shop", "failed"))
	tab.Wait(browsertest.ID("scenario-failure"))
	require.Contains(j.t, tab.Text(browsertest.ID("scenario-failure")), "404")
}

// stopReal watches the phone that a scenario uses, in the scenario's world, and
// pays on it.
func stopReal(j *journey) {
	tab := j.consoleAt("/console/scenarios", wide())
	write(tab, strings.Replace(goesOn, "- create", `- create: {flow: PUSH_MESSAGE, phone: "4712345678"}`, 1)+goesOnTwice, "")
	step := `[data-testid="scenario-step"][data-state="running"]`
	tab.Until(`document.querySelector('` + step + `')?.textContent.includes("waiting for")`)
	tab.Until(`document.querySelector("[data-testid=scenario-phone] h2")?.textContent === "Kari’s phone, live"`)
	const inside = `document.querySelector("[data-testid=scenario-phone] iframe")?.contentDocument`
	tab.Until(`Boolean(` + inside + `?.querySelector("[data-testid=push-open]"))`)
	tab.Click(browsertest.ID("scenario-file"))
	tab.Until(`document.querySelector(".ln.warn")?.textContent.includes("wait: {payment: {state: AUTHORIZED}}")`)
	for _, id := range []string{"push-open", "pay-confirm"} {
		tab.Until(`Boolean(` + inside + `?.querySelector("[data-testid=` + id + `]"))`)
		browsertest.Eval[any](tab, inside+`.querySelector("[data-testid=`+id+`]").click()`)
	}
	tab.Until(`document.querySelector(".ln.warn")?.textContent.includes("wait: {payment: {state: TERMINATED}}")`)
	tab.Click(browsertest.ID("scenario-stop"))
	tab.Wait(scenario("goes-on", "stopped"))
	tab.Until(`!document.querySelector("iframe")`)
}
