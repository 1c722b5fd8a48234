package stripe

import (
	"fmt"
	"net/http"
	"strings"
)

// object is what becomes a JSON object.
type object = map[string]any

// Error is a refusal as Stripe's clients know it (Stripe contract, section 6).
type Error struct {
	Status      int
	Type        string
	Code        string
	DeclineCode string
	Message     string
	Param       string
	// Intent and Method are what it is about, shown with it.
	Intent, Method string
	Charge         string
	// kept tells that what was changed before the refusal stays so, unstored
	// that no replay is given it: it was refused before anything began.
	kept, unstored bool
}

func (e *Error) Error() string { return e.Type + " " + e.Code + ": " + e.Message }

const requestError = "invalid_request_error"

// refuse is an invalid request.
func refuse(status int, code, param, format string, args ...any) *Error {
	return &Error{Status: status, Type: requestError, Code: code, Param: param, Message: fmt.Sprintf(format, args...)}
}

// early marks what is refused before anything begins.
func (e *Error) early() *Error { e.unstored = true; return e }

// invalid is a parameter that cannot be, without a code of its own.
func invalid(param, format string, args ...any) *Error {
	return refuse(http.StatusBadRequest, "", param, format, args...).early()
}

func missing(param string) *Error {
	return refuse(http.StatusBadRequest, "parameter_missing", param, "The parameter %s is missing.", param).early()
}

// unknown is an object that does not exist: the one that the path names, or
// one that a parameter names.
func unknown(what, id, param string) *Error {
	status := http.StatusBadRequest
	if param == "" {
		status, param = http.StatusNotFound, what
	}
	return refuse(status, "resource_missing", param, "There is no %s %q.", strings.ReplaceAll(what, "_", " "), shortened(id))
}

func wrongState(in *intent, format string, args ...any) *Error {
	e := refuse(http.StatusBadRequest, "payment_intent_unexpected_state", "", format, args...)
	e.Intent = in.ID
	return e
}

func shortened(text string) string {
	if r := []rune(text); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return text
}

// document is the refusal as it is sent.
func (e *Error) document(w *work, base string) object {
	about := object{"type": e.Type, "message": e.Message, "request_log_url": base + "/console"}
	for name, value := range map[string]string{
		"code": e.Code, "decline_code": e.DeclineCode, "param": e.Param, "charge": e.Charge, "doc_url": docURL(e.Code),
	} {
		if value != "" {
			about[name] = value
		}
	}
	if w != nil {
		if in, found := get[*intent](w, e.Intent); found {
			about["payment_intent"] = w.intent(in)
		}
		if m, found := get[*method](w, e.Method); found {
			about["payment_method"] = w.method(m)
		}
	}
	return object{"error": about}
}

func docURL(code string) string {
	if code == "" {
		return ""
	}
	return "https://stripe.com/docs/error-codes/" + strings.ReplaceAll(code, "_", "-")
}
