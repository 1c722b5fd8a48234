package control

import (
	"net/http"

	"liksom/server/payment"
)

// paymentCounts counts the payments that a list would show, page by page, by
// state: whoever shows the newest cannot know how many there are.
func (c *Control) paymentCounts(r *http.Request) (answer, error) {
	query, _, err := parameters(r, "msn", "q")
	if err != nil {
		return answer{}, err
	}
	states, err := c.Payments.Store.Count(r.Context(), payment.Query{MSN: query.Get("msn"), Text: query.Get("q")})
	if err != nil {
		return answer{}, err
	}
	counts := struct {
		Total  int                   `json:"total"`
		States map[payment.State]int `json:"states"`
	}{States: states}
	for _, n := range states {
		counts.Total += n
	}
	return ok(counts)
}

// failCard says yes with a card that the issuer refuses: the payment waits
// on, and another card may be tried.
func (c *Control) failCard(r *http.Request) (answer, error) {
	return c.acted(r, c.payer.FailCard(r.Context(), idOf(r)))
}
