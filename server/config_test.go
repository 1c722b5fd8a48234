package server_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/config"
	"liksom/server/servertest"
)

// configured reads a file to begin with.
func configured(t *testing.T, text string) servertest.Option {
	t.Helper()
	file, err := config.Parse("liksom.yaml", []byte(text))
	require.NoError(t, err)
	return servertest.With(func(o *server.Options) { o.Config = file })
}

const begun = `
settings: {rateLimit: true, landingWindow: 3m, approvalWindow: 4m}
merchants:
  - {msn: 123456, name: Other Taxi, switches: {refundsPossible: false}}
  - {msn: 700700, market: FI, clientId: own-client, clientSecret: own-secret, subscriptionKeys: [own-key]}
phones:
  - {number: 4712345678, online: false}
  - {number: 4799999999, name: Nils}
autopilots:
  - number: 4799999999
    mode: approve
    delay: 2s
    rules:
      - {amount: {currency: NOK, from: 100000}, mode: decline}
      - {reference: 10002000, msn: 123456, mode: ignore, delay: 1s}
faults:
  - {match: {target: api, path: /epayment/v1/payments}, do: {code: 6260}}
`

func TestEveryWorldBeginsAsTheFileSays(t *testing.T) {
	t.Parallel()
	sim := start(t, configured(t, begun), servertest.With(func(o *server.Options) { o.LandingWindow = time.Minute }))
	for _, world := range []*servertest.Sim{sim, sim.World(t, "other")} {
		s, err := world.Client.Settings(t.Context())
		require.NoError(t, err)
		require.True(t, *s.RateLimit)
		require.Equal(t, client.Span(time.Minute), *s.LandingWindow, "a flag goes before the file")
		require.Equal(t, client.Span(4*time.Minute), *s.ApprovalWindow)
		require.Equal(t, map[string]string{"rateLimit": "--config", "landingWindow": "--landing-window", "approvalWindow": "--config"}, s.FixedBy)

		taxi, err := world.Client.Merchant(t.Context(), "123456")
		require.NoError(t, err)
		require.Equal(t, "Other Taxi", taxi.Name)
		require.False(t, taxi.Switches["refundsPossible"])
		require.True(t, taxi.Switches["pushAllowed"], "switches that are not named stay")
		require.Equal(t, "liksom-demo-secret", taxi.ClientSecret)
		fresh, err := world.Client.Merchant(t.Context(), "700700")
		require.NoError(t, err)
		require.Equal(t, client.Credentials{ClientID: "own-client", ClientSecret: "own-secret", SubscriptionKey: "own-key", MSN: "700700"}, fresh.Credentials())
		require.Equal(t, "EUR", fresh.Currency)

		kari, err := world.Client.Phone(t.Context(), "4712345678")
		require.NoError(t, err)
		require.False(t, kari.Online)
		nils, err := world.Client.Phone(t.Context(), "4799999999")
		require.NoError(t, err)
		require.Equal(t, "Nils", nils.Name)
		from := int64(100000)
		require.Equal(t, client.Autopilot{Mode: "approve", Delay: client.Span(2 * time.Second), Rules: []client.AutopilotRule{
			{Amount: &client.AmountRule{Currency: "NOK", From: &from}, Mode: "decline"},
			{Reference: "10002000", MSN: "123456", Mode: "ignore", Delay: client.Span(time.Second)},
		}}, nils.Autopilot)
		faults, err := world.Client.Faults(t.Context())
		require.NoError(t, err)
		require.Len(t, faults, 1)
		require.Equal(t, "6260", faults[0].Do.Code)
	}
}

func TestAResetGoesBackToTheBeginningTheFileSays(t *testing.T) {
	t.Parallel()
	store := servertest.WithStore("sqlite:" + t.TempDir() + "/liksom.db")
	sim := start(t, configured(t, begun), store)
	require.NoError(t, sim.Client.RemoveMerchant(t.Context(), "700700"))
	require.NoError(t, sim.Client.Reset(t.Context()))
	_, err := sim.Client.Merchant(t.Context(), "700700")
	require.NoError(t, err)
	sim.Stop(t)
	again := start(t, configured(t, begun), store)
	faults, err := again.Client.Faults(t.Context())
	require.NoError(t, err)
	require.Len(t, faults, 1, "a start with what is there already is no trouble")
}

func TestAFileThatCannotBeIsRefusedWithThePlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"settings:\n  rateLimits: true\n":                                                  "liksom.yaml:2:3: rateLimits: There is no member of this name here. Did you mean rateLimit?",
		"settings:\n  approvalWindow: soon\n":                                              `liksom.yaml:2:3: approvalWindow: "soon" will not do: a span of time is written as "10s", "5m", "1h30m", "7d" or "1d12h".`,
		"merchants:\n  - {msn: 123456}\n  - msn: 12\n":                                     "liksom.yaml:3:5: msn: A sales unit's number has 4 to 10 digits.",
		"merchants:\n  - msn: 123456\n    switches:\n      pushAlowed: true\n":             "liksom.yaml:4:7: pushAlowed: There is no member of this name here. Did you mean pushAllowed?",
		"phones:\n  - number: 4712345678\n    age: old\n":                                  "liksom.yaml:3:5: age: This must be a whole number, not a text.",
		"autopilots:\n  - {number: 4700000000, mode: approve}\n":                           "liksom.yaml:2:6: number: No phone has this number; add it to phones, or name one of the ready-made ones.",
		"autopilots:\n  - {number: 4712345678, mode: dance}\n":                             "liksom.yaml:2:26: autopilot.mode: This must be one of off, approve, decline, ignore.",
		"autopilots:\n  - {number: 4712345678, mode: approve, rules: [{mode: decline}]}\n": "liksom.yaml:2:6: autopilot.rules[0].amount: A rule needs something to match: amount, reference or msn. What is to hold for all is the autopilot's own mode.",
		"faults:\n  - match: {target: push}\n    do: {truncate: true}\n":                   "liksom.yaml:3:10: do.truncate: This can be done to calls of the api, not to pushes. Possible for pushes: drop, delay.",
		"faults:\n  - match: {target: api}\n    do: {code: 1234}\n":                        "liksom.yaml:3:10: do.code: There is no coded error 1234; docs/errors.md lists them.",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			file, err := config.Parse("liksom.yaml", []byte(text))
			require.NoError(t, err)
			_, err = server.New(t.Context(), server.Options{Config: file})
			var mistake *config.Error
			require.ErrorAs(t, err, &mistake)
			require.Equal(t, want, mistake.Error())
			require.Contains(t, mistake.Excerpt, "▲")
		})
	}
}

func TestTheFileInTheReadmeIsRight(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(readme), "\n## Configuration\n")
	require.True(t, found)
	_, rest, found = strings.Cut(rest, "```yaml\n")
	require.True(t, found)
	text, _, _ := strings.Cut(rest, "```")
	sim := start(t, configured(t, text))
	shop, err := sim.Client.Merchant(t.Context(), "700700")
	require.NoError(t, err)
	require.Equal(t, "my-client", shop.ClientID)
}
