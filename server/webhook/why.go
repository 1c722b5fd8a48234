package webhook

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// signed is everything a signature depends on.
type signed struct{ secret, method, uri, date, host, hash string }

// variant is another value that somebody may have signed with, and the words
// for that mistake; the value that is right has none.
type variant struct{ value, mistake string }

// why looks for the mistakes with which the signature comes out as it did:
// every combination of the usual ones is tried, and the one with the fewest
// is told.
func (s signed) why(signature string, header http.Header) string {
	best, found := []string(nil), false
	for _, key := range s.keys() {
		for _, method := range s.methods() {
			for _, uri := range s.uris() {
				for _, host := range s.hosts(header) {
					for _, eol := range []variant{{"\n", ""}, {"\r\n", "the lines of the signed string end in CRLF, not in a single LF"}} {
						text := stringToSign(method.value, uri.value, s.date, host.value, s.hash)
						if eol.mistake != "" {
							text = strings.ReplaceAll(text, "\n", eol.value)
						}
						if !hmac.Equal([]byte(mac([]byte(key.value), text)), []byte(signature)) {
							continue
						}
						if told := mistakes(key, method, uri, host, eol); !found || len(told) < len(best) {
							best, found = told, true
						}
					}
				}
			}
		}
	}
	if found {
		return "The signature was made another way: " + strings.Join(best, "; ") + "."
	}
	return "The signature is not the one that this secret, method, path, date, host and hash give. " +
		"Usual causes: the secret of another registration or an earlier one; a host or path rewritten by a proxy; a date changed on the way."
}

func mistakes(parts ...variant) []string {
	var told []string
	for _, p := range parts {
		if p.mistake != "" {
			told = append(told, p.mistake)
		}
	}
	return told
}

func (s signed) keys() []variant {
	keys := []variant{{s.secret, ""}}
	if raw, err := base64.StdEncoding.DecodeString(s.secret); err == nil && len(raw) > 0 {
		keys = append(keys, variant{string(raw), "the secret was base64-decoded; the key is its text as it stands"})
	}
	if trimmed := strings.TrimSpace(s.secret); trimmed != s.secret {
		keys = append(keys, variant{trimmed, "the receiver's copy of the secret has white space around it"})
	}
	return keys
}

func (s signed) methods() []variant {
	if s.method == http.MethodPost {
		return []variant{{s.method, ""}}
	}
	return []variant{{s.method, ""}, {http.MethodPost, "the request arrived as " + s.method + ", but deliveries are signed as POST"}}
}

func (s signed) uris() []variant {
	uris := []variant{{s.uri, ""}}
	path, query, has := strings.Cut(s.uri, "?")
	if has {
		uris = append(uris, variant{path, "the query was left out of the signed path"})
	}
	if plain, err := url.PathUnescape(s.uri); err == nil && plain != s.uri {
		uris = append(uris, variant{plain, "the path was percent-decoded before signing"})
	}
	other, note := strings.TrimSuffix(path, "/"), "the signed path has no slash at its end"
	if other == path {
		other, note = path+"/", "the signed path has a slash at its end"
	}
	if has {
		other += "?" + query
	}
	return append(uris, variant{other, note})
}

func (s signed) hosts(header http.Header) []variant {
	hosts := []variant{{s.host, ""}}
	add := func(host, mistake string) {
		if host != "" && host != s.host {
			hosts = append(hosts, variant{host, mistake})
		}
	}
	name := s.host
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, ']') {
		name = name[:i]
		add(name, "the host was signed without its port")
	} else {
		add(name+":443", "the host was signed with the default port :443")
		add(name+":80", "the host was signed with the default port :80")
	}
	add(strings.ToLower(s.host), "the host was signed in lower case")
	for _, via := range []string{"X-Forwarded-Host", "X-Original-Host"} {
		add(header.Get(via), "the host was rewritten by a proxy: "+via+" has the one that was signed")
	}
	return hosts
}

// whyBody looks for what happened to a body whose hash was another.
func whyBody(body []byte, hash string) string {
	for _, guess := range []struct {
		mistake string
		undo    func([]byte) ([]byte, bool)
	}{
		{"white space was added around it", func(b []byte) ([]byte, bool) { return bytes.TrimSpace(b), true }},
		{"a byte order mark was put in front", func(b []byte) ([]byte, bool) { return bytes.CutPrefix(b, []byte("\xef\xbb\xbf")) }},
		{"it was re-serialised with white space", compacted},
		{"it was re-serialised with characters escaped", unescaped},
		{"it was re-serialised with its members in another order", reordered},
	} {
		if original, ok := guess.undo(body); ok && contentHash(original) == hash {
			return guess.mistake + "; check the bytes as they arrive, before anything parses them."
		}
	}
	if json.Valid(body) {
		return "it was changed, or parsed and re-serialised; check the bytes as they arrive."
	}
	return "it was changed or cut off on the way."
}

func compacted(body []byte) ([]byte, bool) {
	var out bytes.Buffer
	err := json.Compact(&out, body)
	return out.Bytes(), err == nil
}

// unescaped writes every string of the body with as few escapes as possible.
func unescaped(body []byte) ([]byte, bool) {
	var out []byte
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		start := dec.InputOffset()
		token, err := dec.Token()
		if err != nil {
			return out, len(out) > 0
		}
		raw := bytes.TrimLeft(body[start:dec.InputOffset()], " \t\r\n")
		if c := raw[0]; c == ',' || c == ':' {
			out, raw = append(out, c), bytes.TrimLeft(raw[1:], " \t\r\n")
		}
		if text, ok := token.(string); ok {
			out = appendString(out, text)
		} else {
			out = append(out, raw...)
		}
	}
}

// order is that of an ePayment delivery's members.
var order = [...]string{
	"msn", "reference", "pspReference", "name", "amount", "timestamp", "idempotencyKey", "success",
	"shippingDetails", "userDetails", "sub", "captureGuaranteedUntil",
}

// reordered puts the members of a body back in the order they are sent in.
func reordered(body []byte) ([]byte, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil, false
	}
	var amount struct {
		Currency json.RawMessage `json:"currency"`
		Value    json.RawMessage `json:"value"`
	}
	if json.Unmarshal(members["amount"], &amount) == nil {
		members["amount"], _ = json.Marshal(amount)
	}
	out := []byte{'{'}
	for _, name := range order {
		value, ok := members[name]
		if !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendString(out, name), ':')
		out = append(out, value...)
	}
	return unescaped(append(out, '}'))
}
