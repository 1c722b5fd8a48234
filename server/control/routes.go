package control

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
)

const root = "/sim/v1"

type route struct {
	name, method, path string
	handle             handler
}

// table is every route in the order of the contract.
func (c *Control) table() []route {
	return []route{
		{"info", "GET", root + "/info", c.info},
		{"clock", "GET", root + "/clock", c.clock},
		{"clock-advance", "POST", root + "/clock/advance", c.advance},
		{"clock-freeze", "POST", root + "/clock/freeze", c.freeze},
		{"clock-resume", "POST", root + "/clock/resume", c.resume},
		{"clock-change", "PUT", root + "/clock", c.changeClock},
		{"stream", "GET", root + "/stream", c.stream},
		{"deadlines", "GET", root + "/deadlines", c.deadlines},
		{"payments", "GET", root + "/payments", c.payments},
		{"payment-counts", "GET", root + "/payments/counts", c.paymentCounts},
		{"payments-today", "GET", root + "/payments/today", c.paymentsToday},
		{"payment", "GET", root + "/payments/{msn}/{reference}", c.payment},
		{"payment-open", "POST", root + "/payments/{msn}/{reference}/open", c.open},
		{"payment-approve", "POST", root + "/payments/{msn}/{reference}/approve", c.approve},
		{"payment-decline", "POST", root + "/payments/{msn}/{reference}/decline", c.decline},
		{"payment-expire", "POST", root + "/payments/{msn}/{reference}/expire", c.expire},
		{"payment-fail-card", "POST", root + "/payments/{msn}/{reference}/fail-card", c.failCard},
		{"phones", "GET", root + "/phones", c.phones},
		{"phone-add", "POST", root + "/phones", c.addPhone},
		{"phone", "GET", root + "/phones/{number}", c.phone},
		{"phone-change", "PATCH", root + "/phones/{number}", c.changePhone},
		{"phone-remove", "DELETE", root + "/phones/{number}", c.removePhone},
		{"phone-requests", "GET", root + "/phones/{number}/requests", c.requests},
		{"request-approve", "POST", root + "/phones/{number}/requests/{id}/approve", c.approveRequest},
		{"request-decline", "POST", root + "/phones/{number}/requests/{id}/decline", c.declineRequest},
		{"scan", "POST", root + "/phones/{number}/scan", c.scan},
		{"personal-qr", "GET", root + "/phones/{number}/personal-qr", c.personalQR},
		{"qr", "GET", root + "/qr", c.qrCodes},
		{"merchants", "GET", root + "/merchants", c.merchants},
		{"merchant-add", "POST", root + "/merchants", c.addMerchant},
		{"merchant", "GET", root + "/merchants/{msn}", c.merchant},
		{"merchant-change", "PATCH", root + "/merchants/{msn}", c.changeMerchant},
		{"merchant-remove", "DELETE", root + "/merchants/{msn}", c.removeMerchant},
		{"settings", "GET", root + "/settings", c.settings},
		{"settings-change", "PATCH", root + "/settings", c.changeSettings},
		{"registrations", "GET", root + "/registrations", c.registrations},
		{"registration-reach", "POST", root + "/registrations/reach", c.reachRegistration},
		{"registration", "GET", root + "/registrations/{id}", c.registration},
		{"registration-change", "PATCH", root + "/registrations/{id}", c.changeRegistration},
		{"registration-remove", "DELETE", root + "/registrations/{id}", c.removeRegistration},
		{"registration-test", "POST", root + "/registrations/{id}/test", c.testRegistration},
		{"deliveries", "GET", root + "/deliveries", c.deliveries},
		{"delivery", "GET", root + "/deliveries/{id}", c.delivery},
		{"delivery-resend", "POST", root + "/deliveries/{id}/resend", c.resend},
		{"sinks", "GET", root + "/sinks", c.sinks},
		{"sink", "GET", root + "/sinks/{name}", c.sink},
		{"sink-put", "PUT", root + "/sinks/{name}", c.putSink},
		{"sink-remove", "DELETE", root + "/sinks/{name}", c.removeSink},
		{"sink-requests", "GET", root + "/sinks/{name}/requests", c.sinkRequests},
		{"faults", "GET", root + "/faults", c.faults},
		{"fault-add", "POST", root + "/faults", c.addFault},
		{"faults-seed", "PUT", root + "/faults", c.reseedFaults},
		{"fault-remove", "DELETE", root + "/faults/{id}", c.removeFault},
		{"faults-remove", "DELETE", root + "/faults", c.removeFaults},
		{"requests", "GET", root + "/requests", c.calls},
		{"request", "GET", root + "/requests/{n}", c.call},
		{"tokens-expire", "POST", root + "/tokens/expire", c.expireTokens},
		{"reset", "POST", root + "/reset", c.reset},
		{"snapshot", "GET", root + "/snapshot", c.snapshot},
		{"snapshot-restore", "PUT", root + "/snapshot", c.restore},
		{"worlds", "GET", root + "/worlds", c.worlds},
		{"world-make", "POST", root + "/worlds", c.makeWorld},
		{"world", "GET", root + "/worlds/{name}", c.world},
		{"world-remove", "DELETE", root + "/worlds/{name}", c.removeWorld},
		{"scenarios", "GET", root + "/scenarios", c.scenarios},
		{"scenarios-run", "POST", root + "/scenarios/run", c.runScenarios},
		{"scenario-runs", "GET", root + "/scenarios/runs", c.scenarioRuns},
		{"scenario-run", "GET", root + "/scenarios/runs/{id}", c.scenarioRun},
		{"scenario-run-end", "DELETE", root + "/scenarios/runs/{id}", c.endRun},
		{"scenario", "GET", root + "/scenarios/{id}", c.scenario},
		{"health", "GET", "/healthz", c.health},
		{"readiness", "GET", "/readyz", c.readiness},
	}
}

// routes builds the router. Behind the methods of each path stands one that
// takes all others, so that a wrong method is told from a wrong path; it comes
// before the paths of other lengths and names that would take it in too, such
// as /scenarios/{id} for /scenarios/run.
func (c *Control) routes() *mux.Router {
	m := mux.NewRouter().SkipClean(true) // no redirects, in HTML at that
	of := map[string][]route{}
	var paths []string
	for _, r := range c.table() {
		if of[r.path] == nil {
			paths = append(paths, r.path)
		}
		of[r.path] = append(of[r.path], r)
	}
	for _, path := range paths {
		var allowed []string
		for _, r := range of[path] {
			methods := []string{r.method}
			if r.method == http.MethodGet {
				methods = append(methods, http.MethodHead)
			}
			m.Handle(path, c.serve(r.handle)).Methods(methods...).Name(r.name)
			allowed = append(allowed, methods...)
		}
		slices.Sort(allowed)
		m.Handle(path, c.serve(notAllowed(strings.Join(allowed, ", "))))
	}
	m.NotFoundHandler = c.serve(noRoute)
	return m
}

func notAllowed(methods string) handler {
	return func(r *http.Request) (answer, error) {
		return answer{}, &failure{
			status: http.StatusMethodNotAllowed, allow: methods,
			detail: r.URL.Path + " does not take " + r.Method + "; it takes " + methods + ".",
		}
	}
}

func noRoute(r *http.Request) (answer, error) {
	return answer{}, &failure{
		status: http.StatusNotFound,
		detail: "There is nothing at " + r.URL.Path + ". Check the spelling, without a slash at the end; " +
			"parts of the control API that this version does not have yet are missing altogether.",
	}
}
