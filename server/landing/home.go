package landing

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"
)

// The way home is the returnUrl exactly as the merchant gave it, nothing
// added and nothing made prettier (ePayment contract, section 10.2). So it is
// escaped for HTML and otherwise left alone, which is safe once its scheme is
// known to lead to another page or app.

// leadsHome tells whether a browser may be sent to a URL: to a web page or an
// app's own scheme, never to a script or a page made of data.
func leadsHome(returnURL string) bool {
	scheme, _, ok := strings.Cut(returnURL, ":")
	if !ok || scheme == "" {
		return false
	}
	for i, c := range []byte(scheme) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	switch strings.ToLower(scheme) {
	case "javascript", "data", "vbscript", "blob", "file", "about", "filesystem", "view-source":
		return false
	}
	return true
}

// homeLink is the attribute of the link home.
func homeLink(returnURL string) template.HTMLAttr {
	return template.HTMLAttr(`href="` + template.HTMLEscapeString(returnURL) + `"`) //nolint:gosec // escaped, scheme checked
}

// refresh makes a browser without scripts go somewhere after a while, in
// whole seconds.
func refresh(after time.Duration, address string) template.HTML {
	content := fmt.Sprintf("%d;url=%s", seconds(after), address)
	return template.HTML(`<meta http-equiv="refresh" content="` + template.HTMLEscapeString(content) + `">`) //nolint:gosec // escaped
}

// seconds is a while in whole seconds, begun ones counted.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// origin is who may frame the page beside ourselves: the shop that it leads
// back to. Apps have no origin.
func origin(returnURL string) []string {
	u, err := url.Parse(returnURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(u.Host, " ;,'\"") {
		return nil
	}
	return []string{u.Scheme + "://" + u.Host}
}
