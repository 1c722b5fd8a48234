package qr

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"liksom/server/payment"
)

// DueTicket is the kind of due row that forgets a payer who checked in; its
// key is the customer token.
const DueTicket = "qr-ticket"

const ticketKind = "qr-ticket"

// TicketFor is how long a customer token names its payer, in simulated time
// (QR contract, section 4).
const TicketFor = 15 * time.Minute

// tokenBytes are what a customer token has before it becomes text.
const tokenBytes = 47

// Ticket is a payer who has checked in with a merchant's callback code.
type Ticket struct {
	Token  string    `json:"token"` // names the payer to the merchant
	MSN    string    `json:"msn"`
	Number string    `json:"number"` // the payer's phone
	At     time.Time `json:"at"`     // of the scan
}

// CheckIn is what came of scanning a callback code.
type CheckIn struct {
	Sticker Sticker
	// Failure says why the merchant could not be told; nil when it was.
	Failure error
}

// Notice is what the payer is told: the words of the waiting screen, or that
// the sale must go another way.
func (c *CheckIn) Notice() string {
	switch {
	case c.Failure != nil:
		return "The store cannot be reached. Scan again, or pay in another way."
	case c.Sticker.Category == Vending:
		return "You're connected. Choose on the machine, and the payment shows up here."
	}
	return "You're checked in. The payment shows up here when the shop has sent it."
}

// ErrNotTold is wrapped by an announcement that the merchant did not take.
var ErrNotTold = errors.New("the merchant could not be told")

// Counter is where payers check in. It is safe for use by many goroutines.
type Counter struct {
	Keeping
	Shelf *Shelf
	// Random fills b.
	Random func(b []byte)
	// Announce tells the merchant of a check-in and waits for the answer. An
	// error that is no trouble of our own wraps [ErrNotTold].
	Announce func(ctx context.Context, t Ticket, merchantQrID string) error

	mu      sync.RWMutex
	tickets map[string]Ticket
}

// Open reads the tickets that the documents hold. It must be called before
// anything else.
func (c *Counter) Open(ctx context.Context) error {
	kept, err := c.Documents.Documents(ctx, ticketKind)
	if err != nil {
		return fmt.Errorf("read the customer tokens: %w", err)
	}
	c.tickets = map[string]Ticket{}
	for token, body := range kept {
		var t Ticket
		if err := json.Unmarshal(body, &t); err != nil {
			return fmt.Errorf("read a customer token: %w", err)
		}
		c.tickets[token] = t
	}
	return nil
}

// CheckIn is what scanning a callback code does: the payer gets a new ticket,
// beside those of earlier scans, and the merchant is told. [ErrUnknown] when
// there is no such code.
func (c *Counter) CheckIn(ctx context.Context, id, number string) (CheckIn, error) {
	code, known := c.Shelf.Find(id)
	if !known || code.Kind != Callback {
		return CheckIn{}, ErrUnknown
	}
	if err := c.Shelf.Scanned(ctx, id); err != nil {
		return CheckIn{}, err
	}
	var random [tokenBytes]byte
	c.Random(random[:])
	t := Ticket{Token: base64.StdEncoding.EncodeToString(random[:]), MSN: code.MSN, Number: number, At: c.Now()}
	// The merchant may use the token before it has answered.
	if err := c.keep(ctx, t); err != nil {
		return CheckIn{}, err
	}
	err := c.Announce(ctx, t, code.Name)
	if err != nil && !errors.Is(err, ErrNotTold) {
		return CheckIn{}, err
	}
	return CheckIn{Sticker: code, Failure: err}, nil
}

func (c *Counter) keep(ctx context.Context, t Ticket) error {
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if err := c.Documents.PutDocument(ctx, ticketKind, t.Token, body); err != nil {
		return err
	}
	c.mu.Lock()
	c.tickets[t.Token] = t
	c.mu.Unlock()
	return c.Later(ctx, payment.Due{At: t.At.Add(TicketFor), Kind: DueTicket, Key: t.Token})
}

// Ticket gives the payer whom a customer token names, for as long as it does.
func (c *Counter) Ticket(token string) (Ticket, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	t, known := c.tickets[token]
	return t, known && c.Now().Before(t.At.Add(TicketFor))
}

// Forget does a due row of the kind [DueTicket].
func (c *Counter) Forget(ctx context.Context, due payment.Due) error { return c.drop(ctx, due.Key) }

// Reset forgets who checked in at a sales unit, or anywhere for "".
func (c *Counter) Reset(ctx context.Context, msn string) error {
	c.mu.RLock()
	var tokens []string
	for token, t := range c.tickets {
		if msn == "" || t.MSN == msn {
			tokens = append(tokens, token)
		}
	}
	c.mu.RUnlock()
	for _, token := range tokens {
		if err := c.drop(ctx, token); err != nil {
			return err
		}
	}
	return nil
}

func (c *Counter) drop(ctx context.Context, token string) error {
	if err := c.Documents.DeleteDocument(ctx, ticketKind, token); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tickets, token)
	return nil
}
