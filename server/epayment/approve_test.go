package epayment_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

func (w *world) force(body string) *reply {
	return w.taxi("POST", "/epayment/v1/test/payments/taxi-ride-000417/approve", body)
}

func TestForceApproveByToken(t *testing.T) {
	t.Parallel()
	for _, flow := range []string{"WEB_REDIRECT", "NATIVE_REDIRECT", "QR"} {
		t.Run(flow, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			body := with(changes{"reference": `"taxi-ride-000417"`, "userFlow": `"` + flow + `"`})
			link, err := url.Parse(w.create("k", body).status(201).doc().RedirectURL)
			require.NoError(t, err)
			token := link.Query().Get("token")
			require.NotEmpty(t, token)
			w.force(`{"token":""}`).coded(400, "10010", "Approve failed")
			w.force(`{"token":"x`+token+`"}`).coded(400, "10010", "Approve failed")
			w.force(`{"token":"` + token + `"}`).status(200)
			require.Equal(t, "AUTHORIZED", w.get("taxi-ride-000417").doc().State)
		})
	}
}

func TestForceApproveRefusals(t *testing.T) {
	t.Parallel()
	phone := func(change func(*directory.Phone)) func(*world) {
		return func(w *world) {
			_, err := w.units.ChangePhone(w.t.Context(), directory.DemoPhone, func(p *directory.Phone) error { change(p); return nil })
			require.NoError(w.t, err)
		}
	}
	outcome := func(outcomes ...string) func(*world) {
		return phone(func(p *directory.Phone) {
			p.Cards = nil
			for _, o := range outcomes {
				p.Cards = append(p.Cards, directory.Card{ID: o, BIN: "429198", Outcome: o})
			}
		})
	}
	nothing := func(*world) {}
	const kari = `{"customer":{"phoneNumber":"4712345678"}}`
	for _, c := range []struct {
		name    string
		prepare func(*world)
		body    string
		status  int
		code    string
	}{
		{"nobody is named", nothing, `{}`, 400, "4140"},
		{"an empty customer names nobody", nothing, `{"customer":{}}`, 400, "4140"},
		{"nobody has the number", nothing, `{"customer":{"phoneNumber":"4799999999"}}`, 400, "10010"},
		{"no number at all", nothing, `{"customer":{"phoneNumber":"+4712345678"}}`, 400, "4070"},
		{"an empty token", nothing, `{"token":""}`, 400, "10010"},
		{"a check-in nobody made", nothing, `{"customer":{"customerToken":"x"}}`, 400, "4050"},
		{"never identified", phone(func(p *directory.Phone) { p.Identified = false }), kari, 400, "10030"},
		{"too young", phone(func(p *directory.Phone) { p.Age = 14 }), kari, 400, "10010"},
		{"no cards", outcome(), kari, 400, "10050"},
		{"only expired cards", outcome("expired", "expired"), kari, 500, "3010"},
		{"no card that works", outcome("expired", "declined"), kari, 400, "10040"},
		{"approved already", func(w *world) { w.approve("taxi-ride-000417") }, kari, 400, "6230"},
		{"withdrawn", func(w *world) { w.modify("cancel", "", "").status(200) }, kari, 400, "10010"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.create("k", ride).status(201)
			c.prepare(w)
			d := w.force(c.body).status(c.status).doc()
			require.Len(t, d.ExtraDetails, 1)
			require.Equal(t, c.code, d.ExtraDetails[0].Reason, d.Detail)
		})
	}
}

func TestForceApproveTakesAnyWorkingCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", ride).status(201)
	_, err := w.units.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error {
		p.Cards = []directory.Card{{ID: "a", BIN: "111111", Outcome: "declined"}, {ID: "b", BIN: "222222", Outcome: directory.Works}}
		return nil
	})
	require.NoError(t, err)
	w.force(`{"customer":{"phoneNumber":"4712345678"}}`).status(200)
	require.Contains(t, w.get("taxi-ride-000417").Body.String(), `"cardBin":"222222"`)
}

func TestForceApproveSharesTheProfile(t *testing.T) {
	t.Parallel()
	for name, scope := range map[string]string{"all": "name email phoneNumber address birthDate", "some": "phoneNumber name"} {
		w := newWorld(t)
		w.create("k", with(changes{"profile": `{"scope":"` + scope + `"}`, "reference": `"taxi-ride-000417"`})).status(201)
		w.get("taxi-ride-000417").golden("profile-before")
		w.force(`{"customer":{"phoneNumber":"4787654321"}}`).status(200)
		w.get("taxi-ride-000417").golden("profile-" + name)
		w.pass(168 * 3600 * 1e9)
		w.get("taxi-ride-000417").golden("profile-" + name + "-expired")
	}
}

func TestForceApproveWithoutAnyNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.create("k", with(changes{"reference": `"taxi-ride-000417"`})).status(201).doc().RedirectURL
	link, _ := url.Parse(token)
	w.force(`{"token":"` + link.Query().Get("token") + `"}`).status(200)
	require.Equal(t, "AUTHORIZED", w.get("taxi-ride-000417").doc().State, "the market's first phone paid")
}

func TestWhoeverApprovesMustBeOneWhoMay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*directory.Phone)
		code   string
	}{
		{"the market's first phone was never identified", func(p *directory.Phone) { p.Identified = false }, "10030"},
		{"the market's first phone is a child's", func(p *directory.Phone) { p.Age = 14 }, "10010"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			link, err := url.Parse(w.create("k", with(changes{"reference": `"taxi-ride-000417"`})).status(201).doc().RedirectURL)
			require.NoError(t, err)
			_, err = w.units.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error { c.change(p); return nil })
			require.NoError(t, err)
			d := w.force(`{"token":"` + link.Query().Get("token") + `"}`).status(400).doc()
			require.Equal(t, c.code, d.ExtraDetails[0].Reason)
		})
	}
}

func TestAPushHasNoTokenToBeApprovedBy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", with(changes{"reference": `"taxi-ride-000417"`, "userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4712345678"}`})).status(201)
	w.force(`{"token":""}`).coded(400, "10010", "Approve failed")
}

func TestForceApproveKnowsNoKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", ride).status(201)
	const path, body = "test/payments/taxi-ride-000417/approve", `{"customer":{"phoneNumber":"4712345678"}}`
	w.post(path, "k", body).status(200)
	w.post(path, "k", body).coded(400, "6230", "Payment is already reserved")
}

func TestNativeRedirectOpensTheApp(t *testing.T) {
	t.Parallel()
	got := newWorld(t).create("k", with(changes{"userFlow": `"NATIVE_REDIRECT"`, "returnUrl": ""})).status(201)
	require.Regexp(t, `^vippsMT://\?token=`, got.doc().RedirectURL)
}
