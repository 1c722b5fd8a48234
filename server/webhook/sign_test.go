package webhook_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

const secretB = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="

// vector is a test vector of the webhooks contract, section 6.
type vector struct {
	name, secret, url, date, body, hash, signed, signature string
	length, signedLength                                   int
}

func vectors() []vector {
	a := vector{
		name:   "A, published in 2023",
		secret: "A0+AeKBRG2KRGvnNwJpQlb6IJFk48CKXCIcrLoHncVJKDILsQSxS6NWCccwWm6r6FhGKhiHTBsG2wo/xU6FY/A==",
		url:    "https://webhook.site/e2cee29b-012e-4f1d-8ef4-e95fd74a7a63", date: "Thu, 30 Mar 2023 08:38:32 GMT",
		body: `{"some-unique-content":"ee6e441b-cc4a-46f8-895d-a5af79bcc233/hello-world"}`, length: 74,
		hash:   "lNlsp1XA03N34HrQsVzPgJKtC+r7l/RBF4V3JQUWMj4=",
		signed: "POST\n/e2cee29b-012e-4f1d-8ef4-e95fd74a7a63\nThu, 30 Mar 2023 08:38:32 GMT;webhook.site;lNlsp1XA03N34HrQsVzPgJKtC+r7l/RBF4V3JQUWMj4=", signedLength: 130,
		signature: "agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U=",
	}
	a2 := a
	a2.name = "A2, with the placeholder printed today"
	a2.secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
	a2.signature = "u4zz3dyO3c3xJwl36rPpn1n7WF75u6r2epjH70MZTGM="
	return []vector{a, a2, {
		name: "B, an approval", secret: secretB,
		url: "https://merchant.example.com/webhooks/vipps", date: "Mon, 19 Jan 2026 16:26:33 GMT",
		body: `{"msn":"123456","reference":"demo-taxi-ride-0001","pspReference":"3f0c1d52-7a64-4b0e-9d1e-6b8a5a0f1c11","name":"AUTHORIZED","amount":{"currency":"NOK","value":24900},"timestamp":"2026-01-19T16:26:32.099Z","idempotencyKey":"7c8b81e7-b08b-46e4-9729-191cb801c132","success":true}`, length: 276,
		hash:   "7iEgXtdnbyrkbrIirylaN+n+TUWTZD29SiOsg/ljaTc=",
		signed: "POST\n/webhooks/vipps\nMon, 19 Jan 2026 16:26:33 GMT;merchant.example.com;7iEgXtdnbyrkbrIirylaN+n+TUWTZD29SiOsg/ljaTc=", signedLength: 116,
		signature: "MpTPCDgwQqtQkrfighw2P+CI1nyeloxHzvKVdSVOkC8=",
	}, {
		name: "C, a query, a port and a UUID for a secret", secret: "090a478d-37ff-4e77-970e-d457aeb26a3a",
		url: "http://127.0.0.1:9099/hook?tenant=taxi&v=2", date: "Mon, 19 Jan 2026 16:30:00 GMT",
		body: `{"customerToken":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","merchantQrId":"kiosk-7","msn":"123456","initiatedAt":"2026-01-19T16:30:00.1234567Z"}`, length: 149,
		hash:   "aniZQ0yD2hoevezOJ3FGsG02ASdazNIBFPCvrC+wBFk=",
		signed: "POST\n/hook?tenant=taxi&v=2\nMon, 19 Jan 2026 16:30:00 GMT;127.0.0.1:9099;aniZQ0yD2hoevezOJ3FGsG02ASdazNIBFPCvrC+wBFk=", signedLength: 116,
		signature: "WumQSXu9BiVohi6fg/3jvT7BKcDCgtkDYzycMlMiCFo=",
	}, {
		name: "D, the root path and letters outside ASCII", secret: secretB,
		url: "https://merchant.example.com", date: "Mon, 19 Jan 2026 16:31:06 GMT",
		body: `{"msn":"123456","reference":"demo-taxi-ride-0002","pspReference":"8d1f6a53-2c0b-4a52-8d4c-0d2f3f3c9a77","name":"AUTHORIZED","amount":{"currency":"NOK","value":49900},"timestamp":"2026-01-19T16:31:05.500Z","idempotencyKey":"5b0b3c1e-3d5d-4a4e-9a0a-5d3b0f6d2b11","success":true,"userDetails":{"firstName":"Kåre","lastName":"Østbø","mobileNumber":"4712345678"},"sub":"c06c4afe-d9e1-4c5d-939a-177d752a0944"}`, length: 406,
		hash:   "16Cwicyw5n1m2HUqKy/dXnlqWoku0cWntcpWaLHTUuo=",
		signed: "POST\n/\nMon, 19 Jan 2026 16:31:06 GMT;merchant.example.com;16Cwicyw5n1m2HUqKy/dXnlqWoku0cWntcpWaLHTUuo=", signedLength: 102,
		signature: "JaPasLcMKsthniYONI+ydPHxIsXFDHIUl5IqtGI2Nww=",
	}}
}

func vectorNamed(t *testing.T, letter string) vector {
	for _, v := range vectors() {
		if v.name[:1] == letter {
			return v
		}
	}
	t.Fatal("no vector " + letter)
	return vector{}
}

const authorization = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="

func (v vector) header() http.Header {
	h := http.Header{}
	h.Set("X-Ms-Date", v.date)
	h.Set("X-Ms-Content-Sha256", v.hash)
	h.Set("Authorization", authorization+v.signature)
	h.Set("X-Vipps-Authorization", authorization+v.signature)
	return h
}

func (v vector) verify(t *testing.T, change func(r *received)) error {
	u, err := url.Parse(v.url)
	require.NoError(t, err)
	r := &received{secret: v.secret, method: "POST", uri: u.RequestURI(), host: u.Host, header: v.header(), body: v.body}
	change(r)
	return webhook.Verify(r.secret, r.method, r.uri, r.host, r.header, []byte(r.body))
}

type received struct {
	secret, method, uri, host string
	header                    http.Header
	body                      string
}

func TestSignReproducesTheVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, v.body, v.length)
			u, err := url.Parse(v.url)
			require.NoError(t, err)
			at, err := http.ParseTime(v.date)
			require.NoError(t, err)
			got := webhook.Sign(v.secret, u, []byte(v.body), at)
			require.Equal(t, webhook.Signature{
				Date: v.date, Host: u.Host, Hash: v.hash, StringToSign: v.signed, Authorization: authorization + v.signature,
			}, got)
			require.Len(t, got.StringToSign, v.signedLength)
			require.NoError(t, v.verify(t, func(*received) {}))
		})
	}
}

func TestTheHashOfRealBodies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		length     int
		hash, body string
	}{
		{256, "kQSmDK2O2OZoefs7WJBmm2OR4kuoPtDMNGGmh0QVvtA=", `{"msn":"373370","reference":"inv-8-attempt-2","pspReference":"740e7483-c083-4b95-9246-a37299ad53b7","name":"CREATED","amount":{"currency":"NOK","value":12100},"timestamp":"2025-05-31T17:29:23.358Z","idempotencyKey":"683b3c72858e20.24358952","success":true}`},
		{277, "ZFGsWWeA+zvY683itju+78UFI/shGNUaSUsK4bxTW7A=", `{"msn":"2060591","reference":"S00007-30-20251103142209","pspReference":"49360986-4857-4556-bddb-ba6b58f25bb1","name":"CREATED","amount":{"currency":"DKK","value":125},"timestamp":"2025-11-03T14:22:10.431Z","idempotencyKey":"b043ab36-977b-409c-a4e5-a22b97197448","success":true}`},
	} {
		t.Run(strconv.Itoa(c.length), func(t *testing.T) {
			t.Parallel()
			require.Len(t, c.body, c.length)
			got := webhook.Sign("any", &url.URL{Scheme: "https", Host: "h"}, []byte(c.body), time.Unix(0, 0))
			require.Equal(t, c.hash, got.Hash)
		})
	}
}

func TestHostLeavesOutTheDefaultPort(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://a.example:443/": "a.example", "http://a.example:80": "a.example", "http://a.example:443/": "a.example:443",
		"https://a.example:8443/": "a.example:8443", "http://[::1]:80/": "[::1]", "http://[::1]:8080/": "[::1]:8080",
		"https://user:word@a.example/": "a.example", "http://a.example:/": "a.example",
	} {
		u, err := url.Parse(raw)
		require.NoError(t, err)
		require.Equal(t, want, webhook.Host(u), raw)
	}
}

func TestVerifySaysWhichStepDiffersAndWhy(t *testing.T) {
	t.Parallel()
	sign := func(signature string) func(*received) {
		return func(r *received) {
			r.header.Set("Authorization", authorization+signature)
			r.header.Set("X-Vipps-Authorization", authorization+signature)
		}
	}
	for _, c := range []struct {
		name, vector string
		change       func(*received)
		step         webhook.Step
		says         string
	}{
		{"A with the secret base64-decoded", "A", sign("T3+NXHMmhNVEjW5PeJ4Gql70nf0MOXCAY9CoZDxuVQw="), webhook.SignatureStep, "base64-decoded"},
		{"A with today's placeholder against the old signature", "A", func(r *received) {
			r.secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
		}, webhook.SignatureStep, "secret of another registration"},
		{"B with the secret base64-decoded", "B", sign("TydkfTc+AtC7uV0iABqcKYdUyLFEFDxGpGBFlnx09qA="), webhook.SignatureStep, "base64-decoded"},
		{"B with CRLF", "B", sign("02KGFkNRHpImUDCiWQwvvrrM1PAjwZft3NvbHP9phm0="), webhook.SignatureStep, "CRLF"},
		{"C with the host without its port", "C", sign("XveaeIvSx5TgxQBVhmV46fJbksz3VkjxAJodNjccWoE="), webhook.SignatureStep, "without its port"},
		{"an arriving host with the default port", "B", func(r *received) { r.host += ":443" }, webhook.SignatureStep, "without its port"},
		{"a host rewritten by a proxy that tells", "B", func(r *received) {
			r.header.Set("X-Forwarded-Host", r.host)
			r.host = "10.0.0.5:3000"
		}, webhook.SignatureStep, "X-Forwarded-Host"},
		{"a host rewritten by a proxy that does not tell", "B", func(r *received) { r.host = "app:3000" }, webhook.SignatureStep, "rewritten by a proxy"},
		{"another path", "B", func(r *received) { r.uri = "/vipps" }, webhook.SignatureStep, "path"},
		{"a slash too many in the path", "B", func(r *received) { r.uri += "/" }, webhook.SignatureStep, "no slash at its end"},
		{"another method", "B", func(r *received) { r.method = "PUT" }, webhook.SignatureStep, "arrived as PUT"},
		{"a secret with a line end", "B", func(r *received) { r.secret += "\n" }, webhook.SignatureStep, "white space around"},
		{"a changed date", "B", func(r *received) { r.header.Set("X-Ms-Date", "Mon, 19 Jan 2026 16:26:34 GMT") }, webhook.SignatureStep, "date"},
		{"a changed body", "B", func(r *received) { r.body = r.body[:len(r.body)-5] + "false}" }, webhook.BodyStep, "re-serialised"},
		{"half a body", "B", func(r *received) { r.body = r.body[:100] }, webhook.BodyStep, "cut off"},
		{"a body indented", "B", func(r *received) { r.body = "{\n  " + r.body[1:] }, webhook.BodyStep, "with white space"},
		{"a body with a line end", "B", func(r *received) { r.body += "\n" }, webhook.BodyStep, "white space was added around it"},
		{"a byte order mark", "B", func(r *received) { r.body = "\xef\xbb\xbf" + r.body }, webhook.BodyStep, "byte order mark"},
		{"letters escaped", "D", func(r *received) { r.body = escapeLetters(r.body) }, webhook.BodyStep, "characters escaped"},
		{"members in another order", "B", func(r *received) { r.body = `{"success":true,` + r.body[1:len(r.body)-len(`,"success":true}`)] + "}" }, webhook.BodyStep, "another order"},
		{"no headers", "B", func(r *received) { r.header = http.Header{} }, webhook.HeadersStep, "both missing"},
		{"another Authorization alone", "B", func(r *received) {
			r.header.Set("Authorization", "Basic abc")
			r.header.Del("X-Vipps-Authorization")
		}, webhook.HeadersStep, "may have replaced"},
		{"another list of signed headers", "B", func(r *received) {
			r.header.Set("Authorization", "HMAC-SHA256 SignedHeaders=host&Signature=x")
			r.header.Del("X-Vipps-Authorization")
		}, webhook.HeadersStep, "not of the form"},
		{"no date", "B", func(r *received) { r.header.Del("X-Ms-Date") }, webhook.HeadersStep, "X-Ms-Date is missing"},
		{"no hash", "B", func(r *received) { r.header.Del("X-Ms-Content-Sha256") }, webhook.HeadersStep, "X-Ms-Content-Sha256 is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var difference *webhook.Difference
			require.ErrorAs(t, vectorNamed(t, c.vector).verify(t, c.change), &difference)
			require.Equal(t, c.step, difference.Step)
			require.Contains(t, difference.Reason, c.says)
		})
	}
}

func TestVerifyFindsTheQueryDropped(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "C")
	u := &url.URL{Scheme: "http", Host: "127.0.0.1:9099", Path: "/hook"}
	at, err := http.ParseTime(v.date)
	require.NoError(t, err)
	without := webhook.Sign(v.secret, u, []byte(v.body), at)
	err = v.verify(t, func(r *received) { r.header.Set("Authorization", without.Authorization) })
	require.ErrorContains(t, err, "the query was left out")
}

func TestVerifyTellsSeveralMistakesAtOnce(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "C")
	at, err := http.ParseTime(v.date)
	require.NoError(t, err)
	s := webhook.Sign(v.secret, &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/hook"}, []byte(v.body), at)
	err = v.verify(t, func(r *received) { r.header.Set("Authorization", s.Authorization) })
	require.ErrorContains(t, err, "the query was left out of the signed path; the host was signed without its port")
}

func TestVerifyFallsBackOnTheCopyOfTheAuthorization(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "B")
	require.NoError(t, v.verify(t, func(r *received) { r.header.Del("Authorization") }), "removed")
	require.NoError(t, v.verify(t, func(r *received) { r.header.Set("Authorization", "Bearer x") }), "replaced")
	require.NoError(t, v.verify(t, func(r *received) { r.header.Del("X-Vipps-Authorization") }), "the copy removed")
}

func TestFreshLooksAtTheAgeOfTheDate(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "B")
	date, err := http.ParseTime(v.date)
	require.NoError(t, err)
	require.NoError(t, webhook.Fresh(v.header(), date.Add(5*time.Minute), 5*time.Minute))
	require.NoError(t, webhook.Fresh(v.header(), date.Add(-5*time.Minute), 5*time.Minute))
	require.ErrorContains(t, webhook.Fresh(v.header(), date.Add(5*time.Minute+time.Second), 5*time.Minute), "5m1s old")
	require.ErrorContains(t, webhook.Fresh(v.header(), date.Add(-time.Hour), 5*time.Minute), "ahead of the receiver's clock")
	require.ErrorContains(t, webhook.Fresh(http.Header{}, date, time.Hour), "no date")
}

func escapeLetters(s string) string {
	quoted := strconv.QuoteToASCII(s)
	out := ""
	for i := 1; i < len(quoted)-1; i++ {
		if quoted[i] == '\\' && quoted[i+1] == '"' {
			continue
		}
		out += quoted[i : i+1]
	}
	for i := 0; i+3 < len(out); i++ { // \x.. is no JSON
		if out[i] == '\\' && out[i+1] == 'x' {
			out = out[:i] + `\u00` + out[i+2:]
		}
	}
	return out
}

func BenchmarkSign(b *testing.B) {
	u := &url.URL{Scheme: "https", Host: "merchant.example.com", Path: "/webhooks/vipps"}
	body, at := []byte(vectors()[2].body), time.Unix(1768840000, 0)
	for b.Loop() {
		webhook.Sign(secretB, u, body, at)
	}
}
