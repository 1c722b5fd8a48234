package control

import (
	"context"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// heldBy is the delivery that holds up those behind it.
type heldBy struct {
	ID    string `json:"id"`
	Event string `json:"event"`
}

// queue is the line in which deliveries wait for one another.
type queue struct {
	registration string
	payment      payment.ID
}

// queueHeads are the first deliveries of lines that were looked up already.
type queueHeads map[queue]*heldBy

// heldBy gives the delivery that a held one waits for; nil for one that is
// not held.
func (c *Control) heldBy(ctx context.Context, d *webhook.Delivery, heads queueHeads) (*heldBy, error) {
	if d.Status != webhook.Held {
		return nil, nil
	}
	line := queue{d.Registration, d.Payment}
	if head, known := heads[line]; known {
		return head, nil
	}
	all, err := c.Deliveries.Deliveries(ctx, webhook.Query{
		Registration: d.Registration, MSN: d.Payment.MSN, Reference: d.Payment.Reference, Before: d.Number,
	})
	if err != nil {
		return nil, err
	}
	for i := range all { // newest first, so that the last one found is the first in line
		if all[i].Status.Open() {
			heads[line] = &heldBy{all[i].ID, all[i].Type}
		}
	}
	return heads[line], nil
}
