package api

import (
	"encoding/json"
	"slices"

	"liksom/qr"
)

// exchanged is what a code or token is exchanged for. The time is when the
// code was made, or when the payer scanned.
type exchanged struct {
	MSISDN    string `json:"msisdn"`
	Timestamp int64  `json:"timestamp,omitempty"`
	Version   string `json:"version,omitempty"`
}

// exchange reads a payer's own code (QR contract, section 6).
func (a *API) exchange(c *call) (any, error) {
	m, err := c.body()
	if err != nil {
		return nil, err
	}
	m.asSent = true
	content, _ := m.text("qrCode", false)
	person, known := qr.ReadPerson(content)
	if !known && m.wrong == nil {
		m.blame("qrCode", "The complete data contained in the QR code is required.")
	}
	m.requested()
	if err := a.finish(c, m); err != nil {
		return nil, err
	}
	answer := exchanged{MSISDN: person.Number, Version: person.Version}
	if !person.MadeAt.IsZero() {
		answer.Timestamp = person.MadeAt.Unix()
	}
	return answer, nil
}

// exchangeCustomer tells whose customer token it is.
func (a *API) exchangeCustomer(c *call) (any, error) {
	m, err := c.body()
	if err != nil {
		return nil, err
	}
	m.asSent = true
	var ticket qr.Ticket
	if customer := m.object("customer", "Customer object is required."); customer != nil {
		token, _ := customer.text("customerToken", false)
		var known bool
		if ticket, known = a.Counter.Ticket(token); !known || !c.speaksFor(ticket.MSN) {
			m.blame("customer.customerToken", "The token is not known, or older than 15 minutes.")
		}
	}
	m.requested()
	if err := a.finish(c, m); err != nil {
		return nil, err
	}
	return exchanged{MSISDN: ticket.Number, Timestamp: ticket.At.Unix()}, nil
}

// requested takes the data asked for: the number is all that can be had, and
// what is meant when nothing is said.
func (m *members) requested() {
	raw := m.find("requestedData")
	if raw == nil {
		return
	}
	var names []string
	if json.Unmarshal(raw, &names) != nil || slices.ContainsFunc(names, func(n string) bool { return n != "MSISDN" }) {
		m.blame("requestedData", `The only value is ["MSISDN"].`)
	}
}
