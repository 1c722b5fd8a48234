package epayment

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"liksom/server/payment"
)

// link is a URL of a request and what it may be.
type link struct {
	field, value string
	// webOnly refuses the schemes of apps, commonPort in strict mode all ports
	// but those that callbacks may go to.
	webOnly, commonPort bool
}

// badLink is a link that is not valid, and why.
type badLink struct{ field, why string }

// links are the URLs of a request that are to be checked. A push leads
// nowhere, so its return URL may be anything.
func (o *order) links() []link {
	all := make([]link, 0, 6)
	add := func(l link) {
		if l.value != "" {
			all = append(all, l)
		}
	}
	if o.flow != payment.PushMessage {
		add(link{field: "returnUrl", value: o.returnURL})
	}
	add(link{field: "receiptUrl", value: o.details.ReceiptURL})
	if o.shipping != nil {
		add(link{field: "shipping.dynamicOptions.callbackUrl", value: o.shipping.CallbackURL, webOnly: true, commonPort: true})
	}
	add(link{field: "merchantLegalLinks.termsOfSaleUrl", value: o.details.TermsURL, webOnly: true})
	add(link{field: "merchantLegalLinks.privacyPolicyUrl", value: o.details.PrivacyURL, webOnly: true})
	if o.details.Passthrough != nil {
		add(link{field: "cardPassthrough.cardCallbackUrl", value: o.details.Passthrough.CallbackURL, webOnly: true})
	}
	return all
}

const longestURL = 2500

// problem says what is wrong with a link, "" if nothing is (section 2.4).
func (l link) problem(strict bool) string {
	if length(l.value) > longestURL {
		return "it has more than 2500 characters"
	}
	u, err := url.Parse(l.value)
	if err != nil || u.Scheme == "" {
		return "it must be absolute, such as https://example.com/path"
	}
	scheme := strings.ToLower(u.Scheme)
	switch {
	case scheme == "https" || scheme == "http" && !strict:
		return l.webProblem(u, strict)
	case scheme == "http":
		return "it must begin with https://"
	case scheme == "javascript" || scheme == "data" || scheme == "file" || l.webOnly:
		return "the scheme " + scheme + " is not allowed"
	}
	return ""
}

func (l link) webProblem(u *url.URL, strict bool) string {
	switch {
	case u.Hostname() == "":
		return "it has no host"
	case strict && local(u.Hostname()):
		return "localhost and private addresses are not allowed"
	case strict && l.commonPort && !slices.Contains([]string{"", "80", "443", "8080"}, u.Port()):
		return "the port must be 80, 443 or 8080"
	}
	return ""
}

// local tells whether a host is this machine or in a private network.
func local(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}
