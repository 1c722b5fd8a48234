package landing_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
)

// browser keeps cookies and remembers the last answer.
type browser struct {
	t      *testing.T
	url    string
	client *http.Client
	status int
	header http.Header
	body   string
	at     string
	kept   string // the cookies of the answer before the last redirect
}

func (b *browser) take(answer *http.Response, err error) *browser {
	b.t.Helper()
	require.NoError(b.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	b.kept = ""
	if from := answer.Request.Response; from != nil {
		b.kept = strings.Join(from.Header.Values("Set-Cookie"), "\n")
	}
	b.status, b.header, b.body, b.at = answer.StatusCode, answer.Header, string(body), answer.Request.URL.RequestURI()
	return b
}

func (b *browser) open(token, more string) *browser {
	b.t.Helper()
	return b.take(b.client.Get(b.url + "/landing?token=" + url.QueryEscape(token) + more))
}

func (b *browser) post(token, action string, fields ...string) *browser {
	b.t.Helper()
	form := url.Values{"token": {token}, "action": {action}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.take(b.client.PostForm(b.url+"/landing", form))
}

func (b *browser) shows(state string) *browser {
	b.t.Helper()
	require.Contains(b.t, b.body, `data-testid="landing" data-state="`+state+`"`)
	return b
}

const number = "12345678"

func TestShow_tells_who_and_how_much(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser().open(p.Token, "")
	b.shows("enter")
	require.Equal(t, http.StatusOK, b.status)
	for _, s := range []string{`<noscript><span class="cap">at 14:37:07</span></noscript>`, "Demo Webshop AS, sales unit 234567", "NOK\u00a0350.00", "Two pairs of wool socks", `>5:00<`, "to continue", `data-brand="vipps"`, "Simulator. No real money moves."} {
		require.Contains(t, b.body, s)
	}
}

func TestShow_sends_the_headers_that_shut_a_page_in(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser().open(w.make(nil).Token, "")
	require.Equal(t, "no-store", b.header.Get("Cache-Control"))
	require.Equal(t, "no-referrer", b.header.Get("Referrer-Policy"))
	require.Equal(t, "nosniff", b.header.Get("X-Content-Type-Options"))
	policy := b.header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.Contains(t, policy, "frame-ancestors 'self' https://shop.example")
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, b.body, ` style="`)
	require.NotContains(t, b.body, ` onclick=`)
	require.NotContains(t, b.body, "data-framed")

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+b.at, nil)
	require.NoError(t, err)
	r.Header.Set("Sec-Fetch-Dest", "iframe")
	answer, err := b.client.Do(r)
	b.take(answer, err)
	require.Contains(t, b.body, " data-framed>", "what has no place in a dialog goes, script or not")
}

func TestShow_tells_how_the_code_can_be_read(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{
		"http://192.168.1.20:8080": "Scan the code with any phone on this network.", "https://pay.example": "Scan the code with any phone on this network.",
		"http://127.0.0.1:8080": "Drop this picture on a simulated phone", "http://ci-42.localhost:8080": "Drop this picture on a simulated phone",
		"http://[::1]:8080": "Drop this picture on a simulated phone",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.public = address
			p := w.make(nil)
			b := w.browser().open(p.Token, "")
			require.Contains(t, b.body, says)
			code := address + "/qr/" + p.Code
			require.Contains(t, b.body, `<a class="mono trunc" href="`+code+`"`, "a link beside the code")
			require.Contains(t, b.body, `alt="Have a phone at hand? `+code+`"`)
		})
	}
}

func TestShow_finds_only_the_whole_token(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	code, secret, _ := strings.Cut(p.Token, ".")
	for name, token := range map[string]string{
		"nothing": "", "the code alone": code, "the code and a dot": code + ".", "another secret": code + ".x" + secret[1:],
		"a longer secret": p.Token + "x", "another code": "pxxxxxxxxxx." + secret, "markup": `<script>alert(1)</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			b := w.browser().open(token, "")
			b.shows("unknown")
			require.Equal(t, http.StatusNotFound, b.status)
			require.NotContains(t, b.body, "<script>alert")
		})
	}
}

func TestShow_escapes_what_merchants_write(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	evil := `"><script>alert(1)</script>{{.}}` + "\u202e"
	unit, _ := w.phones.Unit("234567")
	unit.Name, unit.Company = evil, evil
	require.NoError(t, w.phones.PutUnit(t.Context(), unit))
	p := w.make(func(id *payment.ID, c *payment.Create) {
		c.Description, c.ReturnURL = evil, `https://shop.example/"><script>alert(1)</script>`
	})
	b := w.browser()
	for _, step := range []func(){
		func() { b.open(p.Token, "").shows("enter") },
		func() { b.post(p.Token, "identify", "prefix", "47", "number", evil).shows("enter") },
		func() { b.post(p.Token, "identify", "prefix", "47", "number", number).shows("waiting") },
		func() { b.post(p.Token, "approve").shows("paid") },
	} {
		step()
		require.NotContains(t, b.body, "<script>alert")
		require.NotContains(t, b.body, `"><script`)
	}
}

func TestIdentify_takes_a_number_and_waits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	w.pass(time.Minute)
	b := w.browser().post(p.Token, "identify", "prefix", "47", "number", "123 45 678")
	b.shows("waiting")
	require.Contains(t, b.at, "seen=1", "it was led there by 303")
	require.Contains(t, b.body, "+47\u00a0123\u00a045\u00a0678")
	require.Contains(t, b.body, "left to approve")
	require.Contains(t, b.body, `<noscript><span class="cap">at 14:38:07</span></noscript>`)
	require.Contains(t, b.body, `<noscript><meta http-equiv="refresh" content="3;url=/landing?`)
	now, err := w.store.Get(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, "4712345678", now.Phone)
	require.Equal(t, payment.Approval, now.Window)
}

func TestIdentify_reads_numbers_as_people_write_them(t *testing.T) {
	t.Parallel()
	for typed, want := range map[[2]string]string{
		{"47", "12345678"}: "4712345678", {"47", "123-45 678"}: "4712345678", {"47", "+45 12 34 56 78"}: "4512345678",
		{"47", "0047 12345678"}: "4712345678", {"46", "070 123 45 67"}: "46701234567", {"358", "040 123 4567"}: "358401234567",
		{"", "46701234567"}: "46701234567", {"47", "4712345678"}: "4712345678",
	} {
		t.Run(typed[0]+" and "+typed[1], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.make(nil)
			w.browser().post(p.Token, "identify", "prefix", typed[0], "number", typed[1]).shows("waiting")
			now, err := w.store.Get(t.Context(), p.ID)
			require.NoError(t, err)
			require.Equal(t, want, now.Phone)
		})
	}
}

func TestIdentify_refuses_a_number_with_words(t *testing.T) {
	t.Parallel()
	general := "We can’t send a request to this number. Check it, or try another one."
	for name, c := range map[string]struct{ prefix, number, says string }{
		"nothing":                {"47", "", "Enter a phone number."},
		"too few digits":         {"47", "1234567", "A number in Norway has 8 digits. You have written 7."},
		"too many digits":        {"45", "123456789", "A number in Denmark has 8 digits. You have written 9."},
		"nobody's":               {"47", "99999999", general},
		"a child's":              {"47", "40000014", general},
		"too young for this":     {"47", "40000017", general},
		"too short for anywhere": {"", "1234", general},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for number, age := range map[string]int{"4740000014": 14, "4740000017": 17} {
				child := directory.NewPhone(number, "Young", "NO")
				child.Age = age
				require.NoError(t, w.phones.AddPhone(t.Context(), child))
			}
			p := w.make(func(_ *payment.ID, c *payment.Create) { c.Details = &payment.Details{MinimumAge: 18} })
			b := w.browser().post(p.Token, "identify", "prefix", c.prefix, "number", c.number)
			b.shows("enter")
			require.Equal(t, http.StatusUnprocessableEntity, b.status)
			require.Contains(t, b.body, c.says)
			require.Contains(t, b.body, `value="`+c.number+`"`, "what was typed stays")
			now, err := w.store.Get(t.Context(), p.ID)
			require.NoError(t, err)
			require.Empty(t, now.Phone, "no push, and the window goes on")
		})
	}
}

func TestIdentify_can_make_the_missing_phone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser()
	b.post(p.Token, "identify", "prefix", "45", "number", "99 99 99 99").shows("enter")
	require.Contains(t, b.body, `data-testid="sim-makephone"`)
	b.post(p.Token, "makephone", "prefix", "45", "number", "99 99 99 99").shows("waiting")
	phone, ok := w.phones.Phone("4599999999")
	require.True(t, ok)
	require.Equal(t, "DK", phone.Market)
}

func TestShow_prefills_the_number(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	given := w.make(func(_ *payment.ID, c *payment.Create) { c.Phone = "4512345678" })
	b.open(given.Token, "")
	require.Contains(t, b.body, `value="12`+"\u00a034\u00a056\u00a0"+`78"`)
	require.Contains(t, b.body, "The shop filled in this number.")

	fresh := w.make(nil)
	b.open(fresh.Token, "")
	require.Contains(t, b.body, `name="number" type="tel" autocomplete="tel-national" inputmode="tel" maxlength="24" value=""`)
	b.post(fresh.Token, "identify", "prefix", "47", "number", number, "remember", "yes").shows("waiting")
	require.Contains(t, b.kept, "liksom_payer_234567=4712345678; Path=/landing; Max-Age=15552000; HttpOnly; SameSite=Lax", "180 days, in this browser alone")

	again := w.make(nil)
	b.open(again.Token, "")
	require.Contains(t, b.body, "You saved this number in this browser.")
	other := w.make(func(id *payment.ID, _ *payment.Create) { id.MSN = "123456" })
	b.open(other.Token, "")
	require.NotContains(t, b.body, "You saved this number", "another shop does not learn it")

	b.post(again.Token, "identify", "prefix", "47", "number", number).shows("waiting")
	last := w.make(nil)
	b.open(last.Token, "")
	require.NotContains(t, b.body, "You saved this number", "forgotten with the tick taken away")
}

func TestShow_keeps_a_number_the_unit_has_fixed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unit, _ := w.phones.Unit("234567")
	unit.Switches.PhoneLocked = true
	require.NoError(t, w.phones.PutUnit(t.Context(), unit))
	p := w.make(func(_ *payment.ID, c *payment.Create) { c.Phone = "4712345678" })
	b := w.browser().open(p.Token, "")
	require.Contains(t, b.body, "The shop has fixed this number.")
	require.Regexp(t, `<select[^>]* disabled>`, b.body)
	require.Regexp(t, `<input[^>]* name="number"[^>]* readonly>`, b.body)
	b.post(p.Token, "identify", "prefix", "47", "number", "87654321").shows("waiting")
	now, err := w.store.Get(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, "4712345678", now.Phone)
}

func TestEvery_outcome_goes_home(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		act   func(w *world, b *browser, p payment.Payment)
		state string
		says  string
	}{
		"approved":       {func(_ *world, b *browser, p payment.Payment) { b.post(p.Token, "approve") }, "paid", "Paid"},
		"declined":       {func(_ *world, b *browser, p payment.Payment) { b.post(p.Token, "decline") }, "cancelled", "lead\">Nothing was reserved."},
		"cancelled here": {func(_ *world, b *browser, p payment.Payment) { b.post(p.Token, "cancel") }, "cancelled", "You cancelled on this page. Nothing was reserved."},
		"cancelled here while waiting": {func(_ *world, b *browser, p payment.Payment) {
			b.post(p.Token, "identify", "prefix", "47", "number", number)
			b.post(p.Token, "cancel")
		}, "cancelled", "You cancelled on this page. Nothing was reserved."},
		"declined on the phone": {func(w *world, b *browser, p payment.Payment) {
			b.post(p.Token, "identify", "prefix", "47", "number", number)
			w.do(p.ID, payment.Decline{Phone: "4712345678"})
			b.open(p.Token, "")
		}, "cancelled", "You said no in the app. Nothing was reserved."},
		"expired by hand": {func(_ *world, b *browser, p payment.Payment) { b.post(p.Token, "expire") }, "expired", "This link is too old"},
		"opened too late": {func(w *world, b *browser, p payment.Payment) { w.pass(5 * time.Minute); b.open(p.Token, "") }, "expired", "This one ran out at 14:37:07."},
		"not approved": {func(w *world, b *browser, p payment.Payment) {
			b.post(p.Token, "identify", "prefix", "47", "number", number)
			w.pass(5 * time.Minute)
			b.open(p.Token, "")
		}, "expired", "The request ran out of time"},
		"withdrawn": {func(w *world, b *browser, p payment.Payment) { w.do(p.ID, payment.Cancel{}); b.open(p.Token, "") }, "cancelled", "Demo Webshop withdrew the request."},
		"found paid": {func(w *world, b *browser, p payment.Payment) {
			w.do(p.ID, payment.Approve{Phone: "4712345678"})
			b.open(p.Token, "")
		}, "done", "This payment was approved at 14:32:07."},
		"posted after end": {func(w *world, b *browser, p payment.Payment) {
			w.do(p.ID, payment.Decline{})
			b.post(p.Token, "approve")
		}, "cancelled", "Payment cancelled"},
		"number after time": {func(w *world, b *browser, p payment.Payment) {
			w.pass(time.Hour)
			b.post(p.Token, "identify", "prefix", "47", "number", number)
		}, "expired", "This link is too old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.make(nil)
			b := w.browser()
			c.act(w, b, p)
			b.shows(c.state)
			require.Equal(t, http.StatusOK, b.status)
			require.Contains(t, b.body, c.says)
			require.Contains(t, b.body, `<a class="btn brand" href="https://shop.example/thanks?order=1512202&amp;x=%20a#top" data-testid="landing-return">`)
			home := `<noscript><meta http-equiv="refresh" content="3;url=https://shop.example/thanks?order=1512202&amp;x=%20a#top"></noscript>`
			require.Equal(t, c.state != "done", strings.Contains(b.body, home), "led home unless it was found done")
		})
	}
}

func TestExpired_names_no_length_that_the_window_did_not_have(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.windows = payment.Windows{Landing: time.Minute, Approval: 2 * time.Minute}
	link, push := w.make(nil), w.make(nil)
	b := w.browser()
	b.post(push.Token, "identify", "prefix", "47", "number", number).shows("waiting")
	w.pass(2 * time.Minute)
	b.open(link.Token, "").shows("expired")
	require.Contains(t, b.body, "A payment link must be opened in time. This one ran out at 14:33:07.")
	b.open(push.Token, "").shows("expired")
	require.Contains(t, b.body, "It was not approved in time.")
}

func TestHome_is_gone_to_when_the_settings_say(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after            time.Duration
		script, noscript string
		says             string
	}{
		"three seconds at first": {3 * time.Second, `data-after="3000"`, `content="3;url=https`, "to Demo Webshop in 3 seconds"},
		"at once":                {0, `data-after="0"`, `content="0;url=https`, "to Demo Webshop in 1 second<"},
		"half a minute":          {30 * time.Second, `data-after="30000"`, `content="30;url=https`, "to Demo Webshop in 30 seconds"},
		"a second and a half":    {1500 * time.Millisecond, `data-after="1500"`, `content="2;url=https`, "to Demo Webshop in 2 seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			require.Equal(t, directory.Duration(3*time.Second), w.phones.Settings().ReturnAfter)
			w.returnAfter(c.after)
			b := w.browser().post(w.make(nil).Token, "decline")
			b.shows("cancelled")
			for _, s := range []string{c.script, c.noscript, c.says} {
				require.Contains(t, b.body, s)
			}
		})
	}
}

func TestShow_notes_the_first_opening(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kinds := func(p payment.Payment) (kinds []payment.Kind) {
		events, err := w.store.Events(t.Context(), p.ID)
		require.NoError(t, err)
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		return kinds
	}
	p := w.make(nil)
	b := w.browser()
	looked, err := b.client.Head(b.url + "/landing?token=" + p.Token)
	require.NoError(t, err)
	require.NoError(t, looked.Body.Close())
	require.Equal(t, []payment.Kind{payment.PaymentCreated}, kinds(p), "who asks for the head sees no page")
	w.pass(time.Second)
	b.open(p.Token, "").shows("enter")
	require.Contains(t, b.body, "after=2", "what the page itself has caused is not told to it")
	b.open(p.Token, "&lang=nb").shows("enter")
	w.browser().open(p.Token, "").shows("enter")
	require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.LandingOpened}, kinds(p), "once, whoever loads it again")

	late := w.make(nil)
	w.do(late.ID, payment.Cancel{})
	b.open(late.Token, "").shows("cancelled")
	require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.PaymentTerminated}, kinds(late))
}

func TestShow_says_that_something_broke_and_under_which_id(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	w.broken = errors.New("disk of a thousand secrets")
	b := w.browser()
	b.client.Transport = asPerson{b.client.Transport}
	id := func() string {
		t.Helper()
		require.Equal(t, http.StatusInternalServerError, b.status)
		require.Contains(t, b.body, "Something broke in the simulator")
		require.Contains(t, b.body, `data-testid="sim-stripe"`)
		require.NotContains(t, b.body, "secrets")
		require.NotContains(t, b.body, "<script>alert")
		return regexp.MustCompile(`data-copy="([^"]+)"`).FindStringSubmatch(b.body)[1]
	}
	b.open(p.Token, `&brand="><script>alert(1)</script>`)
	require.Contains(t, w.log.String(), `request=`+id()+` err="disk of a thousand secrets"`)
	require.Contains(t, b.body, `href="/landing?token=`+p.Token)
	b.post(`"><script>alert(1)</script>.x`, "cancel", "brand", "mobilepay")
	require.Contains(t, w.log.String(), `request=`+id())
	require.Contains(t, b.body, `&amp;seen=1&amp;token=%22%3E%3Cscript%3E`, "a form is not sent again, its page is opened")

	answer, err := b.client.Get(b.url + "/landing/stream?token=" + p.Token)
	b.take(answer, err)
	require.Equal(t, http.StatusInternalServerError, b.status)
	w.broken = nil
	b.open(p.Token, "").shows("enter")
}

// asPerson asks as browsers do.
type asPerson struct{ http.RoundTripper }

func (a asPerson) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	return a.RoundTripper.RoundTrip(r)
}

func TestHome_may_be_an_app_but_never_a_script(t *testing.T) {
	t.Parallel()
	for address, leads := range map[string]bool{
		"myapp://paid?ref=1": true, "https://shop.example/ø?q=a b|c": true, "HTTP://127.0.0.1:3000/": true, "com.shop.app:done": true,
		"javascript:alert(1)": false, "JavaScript:alert(1)": false, "java\nscript:alert(1)": false, " javascript:alert(1)": false,
		"data:text/html,x": false, "vbscript:x": false, "/thanks": false, "": false,
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.make(func(_ *payment.ID, c *payment.Create) { c.ReturnURL = address })
			b := w.browser().post(p.Token, "decline")
			b.shows("cancelled")
			require.Equal(t, leads, strings.Contains(b.body, `href="`+address+`"`))
			require.Equal(t, leads, strings.Contains(b.body, `content="3;url=`+address+`"`))
			require.Equal(t, !leads, strings.Contains(b.body, "You can close this page."))
		})
	}
}

func TestShow_tells_a_long_living_payment_by_its_own_deadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(func(_ *payment.ID, c *payment.Create) { c.Deadline = morning().Add(12 * 24 * time.Hour) })
	b := w.browser()
	b.post(p.Token, "identify", "prefix", "47", "number", number).shows("waiting")
	require.Contains(t, b.body, ">12\u00a0days<")
	w.pass(13 * 24 * time.Hour)
	b.open(p.Token, "").shows("expired")
	require.Contains(t, b.body, "It was not approved in time.")
}

func TestWaiting_goes_on_while_the_bank_decides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(func(_ *payment.ID, c *payment.Create) { c.Verdict = payment.ResultUnknown })
	b := w.browser()
	b.post(p.Token, "identify", "prefix", "47", "number", "12345678").shows("waiting")
	b.post(p.Token, "approve").shows("waiting")
	w.pass(10 * time.Minute) // longer than any window
	b.open(p.Token, "").shows("waiting")
	require.Contains(t, b.body, "50:00", "until the bank has decided")
	require.Contains(t, b.body, "for the bank to decide")
	b.post(p.Token, "cancel").shows("waiting")
	w.pass(50 * time.Minute)
	_, err := w.service.Get(t.Context(), p.ID)
	require.NoError(t, err)
	b.open(p.Token, "").shows("done")
}

func TestCardfail_leaves_the_request_open(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser().post(p.Token, "cardfail")
	b.shows("waiting")
	require.Contains(t, b.body, "The card was declined")
	require.Contains(t, b.body, "The request is still open.")
}

func TestWaiting_ticks_only_what_happened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser()
	b.post(p.Token, "identify", "prefix", "47", "number", number)
	require.Contains(t, b.body, `data-step="sent" data-state="done"`)
	require.Contains(t, b.body, `data-step="delivered" data-state="todo"`)
	w.pass(time.Second)
	w.do(p.ID, payment.Show{Phone: "4712345678"})
	b.open(p.Token, "")
	require.Contains(t, b.body, `data-step="delivered" data-state="done"`)
	require.Contains(t, b.body, "<time>14:32:08</time>")
	require.Contains(t, b.body, `data-step="opened" data-state="todo"`)
}

func TestWaiting_says_when_the_push_is_held_back(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.held = true
	p := w.make(nil)
	b := w.browser().post(p.Token, "identify", "prefix", "47", "number", number)
	b.shows("waiting")
	require.Contains(t, b.body, "Not delivered yet")
	w.do(p.ID, payment.Show{Phone: "4712345678"})
	require.NotContains(t, b.open(p.Token, "").body, "Not delivered yet", "it came after all")
}

func TestWaiting_sends_the_push_again_when_asked_to(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser().open(p.Token, "")
	require.NotContains(t, b.body, `data-testid="sim-resend"`, "nobody has a push yet")
	b.post(p.Token, "identify", "prefix", "47", "number", number)
	require.Contains(t, b.body, `data-testid="sim-resend"`)
	b.post(p.Token, "resend").shows("waiting")
	require.Equal(t, []payment.ID{p.ID}, w.again)
}

func TestShortcuts_freeze_the_clock_and_let_it_go(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser().post(p.Token, "resume")
	require.False(t, w.clock.Read().Frozen)
	b.post(p.Token, "freeze").shows("enter")
	require.True(t, w.clock.Read().Frozen)
}

func TestARefusedCardIsFinalOnTheStripeSideAlone(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{"stripe": "failed", "epayment": "cancelled"} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.make(func(_ *payment.ID, c *payment.Create) { c.Source = source })
			require.Error(t, payer{w}.FailCard(t.Context(), p.ID))
			w.do(p.ID, payment.Decline{By: "bank"})
			b := w.browser().open(p.Token, "&seen=1")
			b.shows(want)
			if want == "failed" {
				require.Contains(t, b.body, "The bank said no: there isn’t enough money on the card.")
			}
		})
	}
}

func TestLanguage_and_skin_are_chosen_by_links(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(func(id *payment.ID, c *payment.Create) {
		id.MSN, c.Amount = "456789", payment.Amount{Currency: "DKK", Value: 8400}
	})
	b := w.browser().open(p.Token, "")
	require.Contains(t, b.body, `data-brand="mobilepay"`)
	b.open(p.Token, "&lang=da&brand=vipps")
	require.Contains(t, b.body, `<html lang="da" data-brand="vipps"`)
	require.Contains(t, b.body, "84,00\u00a0kr.")
	b.open(p.Token, "")
	require.Contains(t, b.body, `<html lang="da" data-brand="mobilepay"`, "the language is kept, the skin is not")
}

func TestStream_tells_of_its_own_payment_and_the_clock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	other := w.make(nil)
	b := w.browser()
	answer, err := b.client.Get(b.url + "/landing/stream?after=0&token=" + p.Token)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	w.do(other.ID, payment.Decline{})
	w.do(p.ID, payment.Decline{})
	want := []string{`event: clock`, `"frozen":true`, `event: payment`, `"kind":"CREATED"`, `"kind":"ABORTED"`}
	got := readUntil(t, answer.Body, want)
	require.Equal(t, 1, strings.Count(got, "ABORTED"), "nothing of another payment")
	w.clock.Resume()
	readUntil(t, answer.Body, []string{`event: clock`, `"frozen":false`})
}

func TestStream_is_for_who_has_the_token(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser()
	answer, err := b.client.Get(b.url + "/landing/stream?token=" + p.Code)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, b.take(answer, nil).status)
}

// readUntil reads until everything wanted has come, in this order.
func readUntil(t *testing.T, body io.Reader, want []string) string {
	t.Helper()
	var got strings.Builder
	buffer := make([]byte, 512)
	for {
		rest, missing := got.String(), false
		for _, s := range want {
			_, after, found := strings.Cut(rest, s)
			if !found {
				missing = true
				break
			}
			rest = after
		}
		if !missing {
			return got.String()
		}
		n, err := body.Read(buffer)
		require.NoError(t, err, "so far: %s", got.String())
		got.Write(buffer[:n])
	}
}

func TestAct_refuses_what_it_does_not_know(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.make(nil)
	b := w.browser()
	require.Equal(t, http.StatusBadRequest, b.post(p.Token, "steal").status)
	require.Equal(t, http.StatusNotFound, b.post("nothing", "cancel").status)
	answer, err := b.client.Do(must(http.NewRequestWithContext(t.Context(), http.MethodPut, b.url+"/landing", nil)))
	b.take(answer, err)
	require.Equal(t, http.StatusMethodNotAllowed, b.status)
	require.Equal(t, "GET, HEAD, POST", b.header.Get("Allow"))
}

func must(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}
