package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"liksom/server/gateway"
	"liksom/server/problem"
	"liksom/server/webhook"
)

const required = "The property is required and cannot be null or empty."

// wanted is what a registration asks for.
type wanted struct {
	url    string
	events []string // each once, in the order sent
}

// decode reads and checks the body, whatever content type it says. All that
// is wrong is told at once (webhooks contract, section 2.5).
func (a *API) decode(r *http.Request) (wanted, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return wanted{}, invalid(problem.Detail{Name: "$", Reason: "The body could not be read to its end."})
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		if detail, ok := problem.Syntax(body, err); ok {
			return wanted{}, invalid(detail)
		}
	}
	if members == nil {
		return wanted{}, invalid(problem.Detail{Name: "$", Reason: "A JSON object was expected."})
	}
	var w wanted
	var wrong []problem.Detail
	note := func(name, reason string) {
		if reason != "" {
			wrong = append(wrong, problem.Detail{Name: name, Reason: reason})
		}
	}
	note("url", w.readURL(members["url"], a.options.StrictURLs()))
	note("events", w.readEvents(members["events"]))
	for _, name := range unknown(members) {
		if a.options.StrictBodies() {
			note(name, "The property is not known.")
		} else {
			gateway.Note(r.Context(), "%s is not known and was ignored", name)
		}
	}
	if wrong != nil {
		return wanted{}, invalid(wrong...)
	}
	return w, nil
}

// readURL takes the URL and answers what is wrong with it, if anything.
func (w *wanted) readURL(raw json.RawMessage, strict bool) string {
	if empty(raw) {
		return required
	}
	if json.Unmarshal(raw, &w.url) != nil {
		return "The value must be a string."
	}
	if strings.TrimSpace(w.url) == "" {
		return required
	}
	u, err := webhook.ParseURL(w.url)
	if err != nil {
		return "The URL is not valid: " + err.Error() + "."
	}
	if strict {
		return webhook.Objection(u)
	}
	return ""
}

// readEvents takes the event types and answers what is wrong with them.
func (w *wanted) readEvents(raw json.RawMessage) string {
	if empty(raw) {
		return required
	}
	var names []*string // a null among them is not an empty name
	if json.Unmarshal(raw, &names) != nil || slices.Contains(names, nil) {
		return "The value must be an array of strings."
	}
	if len(names) == 0 {
		return required
	}
	var bad []string
	for _, name := range names {
		if !webhook.KnownType(*name) {
			bad = append(bad, *name)
		} else if !slices.Contains(w.events, *name) {
			w.events = append(w.events, *name)
		}
	}
	if bad != nil {
		return "Unsupported values: " + strings.Join(bad, ", ")
	}
	return ""
}

func empty(raw json.RawMessage) bool { return len(raw) == 0 || bytes.Equal(raw, []byte("null")) }

func unknown(members map[string]json.RawMessage) []string {
	var names []string
	for name := range members {
		if name != "url" && name != "events" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// registrationID takes the id from the path.
func registrationID(r *http.Request) (string, error) {
	raw := mux.Vars(r)["id"]
	id, err := uuid.Parse(raw)
	if err != nil || len(raw) != len(id.String()) {
		return "", invalid(problem.Detail{Name: "id", Reason: "The value must be a UUID."})
	}
	return id.String(), nil
}
