package stripe

import (
	"crypto/hmac"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"liksom/server/webhook"
)

// freshFor is how old the time in a signature may be.
const freshFor = 300 * time.Second

// Delivered tells whether a request is a delivery of ours, of which of the
// registrations given, of what event, and what is wrong with it: nil, or a
// [*webhook.Difference].
func Delivered(r *http.Request, body []byte, of []webhook.Registration, now time.Time) (is bool, registration, event string, wrong error) {
	stamp, signature := signatureOf(r.Header.Get(signatureHeader))
	if signature == "" {
		return false, "", "", nil
	}
	var e struct{ Type string }
	_ = json.Unmarshal(body, &e) // what is no event has no type
	for i := range of {
		if !strings.HasPrefix(of[i].ID, webhook.Immortal) || !hmac.Equal([]byte(Sign(of[i].Secret, stamp, body)), []byte(signature)) {
			continue
		}
		at, err := strconv.ParseInt(stamp, 10, 64)
		if age := now.Sub(time.Unix(at, 0)); err != nil || age > freshFor || age < -freshFor {
			return true, of[i].ID, e.Type, &webhook.Difference{Step: webhook.DateStep, Reason: "The time in " + signatureHeader + " is more than five minutes off."}
		}
		return true, of[i].ID, e.Type, nil
	}
	return true, "", e.Type, &webhook.Difference{Step: webhook.SignatureStep, Reason: "No endpoint's secret gives this signature for the bytes that arrived."}
}

// signatureOf reads "t=…,v1=…".
func signatureOf(header string) (stamp, signature string) {
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "t":
			stamp = value
		case "v1":
			signature = value
		}
	}
	return stamp, signature
}
