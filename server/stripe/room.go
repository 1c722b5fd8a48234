package stripe

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/webhook"
	"liksom/web"
)

// Source is the source of payments that come through Stripe.
const Source = "stripe"

// DueSettle is the kind of due row that has an attempt or a refund settled;
// its key is [payment.ID.String] of the attempt's payment, or a record's id.
const DueSettle = "stripe"

// Account is a merchant's account with Stripe.
type Account struct {
	ID             string `json:"account"`
	SecretKey      string `json:"secret_key"`
	PublishableKey string `json:"publishable_key"`
	// MSN is the sales unit whose name payers see.
	MSN string `json:"msn"`
	// Types are the payment methods that are switched on.
	Types []string `json:"enabled_types"`
	// Preview tells whether it may take Vipps at all.
	Preview bool `json:"vipps_preview"`
	// Version is its default version of the API; "" or "auto" follows its
	// requests.
	Version string `json:"default_api_version"`
}

// DemoAccount is the ready-made one.
func DemoAccount() Account {
	return Account{
		ID: "acct_1Liksom000000000", SecretKey: "sk_test_liksom", PublishableKey: "pk_test_liksom",
		MSN: "234567", Types: []string{"card", "vipps"}, Preview: true,
	}
}

// IDs draws names; [liksom/server/ident.Source] does.
type IDs interface {
	UUID() string
	Code(n int) string
}

// Store keeps records with what they cause.
type Store interface {
	directory.Documents
	webhook.Keeper
	Register(ctx context.Context, r webhook.Registration, allowed func([]webhook.Registration) error) error
	ChangeRegistration(ctx context.Context, id string, change func(*webhook.Registration) error) (webhook.Registration, error)
	Unregister(ctx context.Context, id string, at time.Time) error
	Delivery(ctx context.Context, id string) (webhook.Delivery, error)
	Events(ctx context.Context, id payment.ID) ([]payment.Event, error)
}

// Deps are what the room needs of its world.
type Deps struct {
	Accounts  []Account
	Store     Store
	Payments  *payment.Service
	Directory *directory.Directory
	Clock     Clock
	IDs       IDs
	Site      func() *web.Site
	// Committed is told what was kept, to wake the timer.
	Committed func(payment.Committed)
	// Home is the address that links begin with that no request asked for.
	Home func() string
	// Base is the address that links for a request begin with, Landing that of
	// a payment's landing page.
	Base    func(*http.Request) string
	Landing func(*http.Request, payment.Payment) string
	// Noted is told of each call: the sales unit, the operation, and the
	// payment of the core that it is about, "" for none. May be nil.
	Noted func(ctx context.Context, msn, operation, reference string)
	// Open takes any key that looks like one for testing.
	Open bool
	Log  *slog.Logger
}

// Clock tells the world's time.
type Clock interface {
	Now() time.Time
	Read() clock.Reading
}

// Room is one world's Stripe side. It is safe for use by many goroutines.
type Room struct {
	Deps

	mu    sync.Mutex
	rows  map[string]record
	lists map[string][]string // ids by kind, oldest first
	refs  map[payment.ID]string
	last  int64

	// busy are the idempotency keys in use.
	busyMu sync.Mutex
	busy   map[string]bool
}

// Open reads what the world's store keeps of its Stripe side.
func Open(ctx context.Context, d Deps) (*Room, error) {
	if len(d.Accounts) == 0 {
		d.Accounts = []Account{DemoAccount()}
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	r := &Room{Deps: d, busy: map[string]bool{}}
	return r, r.load(ctx)
}

func (r *Room) load(ctx context.Context) error {
	r.rows, r.lists, r.refs, r.last = map[string]record{}, map[string][]string{}, map[payment.ID]string{}, 0
	var found []record
	for kind := range kinds {
		docs, err := r.Store.Documents(ctx, documentKind(kind))
		if err != nil {
			return fmt.Errorf("read the Stripe side: %w", err)
		}
		for _, body := range docs {
			one, err := decode(kind, body)
			if err != nil {
				return err
			}
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b record) int { return cmp.Compare(*a.order(), *b.order()) })
	for _, one := range found {
		r.keep(one)
	}
	return nil
}

// keep puts a record among those known by heart.
func (r *Room) keep(one record) {
	if _, known := r.rows[one.key()]; !known {
		// A work adds its records in any order: the list is in that of numbers.
		list := r.lists[one.kind()]
		at, _ := slices.BinarySearchFunc(list, *one.order(), func(id string, n int64) int { return cmp.Compare(*r.rows[id].order(), n) })
		r.lists[one.kind()] = slices.Insert(list, at, one.key())
		r.last = max(r.last, *one.order())
	}
	r.rows[one.key()] = one
	if a, ok := one.(*attempt); ok && a.Ref.Reference != "" {
		r.refs[a.Ref] = a.ID
	}
}

func (r *Room) forget(one record) {
	delete(r.rows, one.key())
	r.lists[one.kind()] = slices.DeleteFunc(slices.Clone(r.lists[one.kind()]), func(id string) bool { return id == one.key() })
}

// Reset removes what the accounts of a sales unit have made; "" is for all.
// The store's payments have been wiped already.
func (r *Room) Reset(ctx context.Context, msn string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var batch webhook.Batch
	for _, one := range r.rows {
		account, known := r.account(ownerOf(one))
		if msn != "" && known && account.MSN != msn {
			continue
		}
		batch.Documents = append(batch.Documents, webhook.Document{Kind: documentKind(one.kind()), Key: one.key()})
		if hook, ok := one.(*endpoint); ok && msn != "" && !hook.Disabled {
			if err := r.Store.Unregister(ctx, hook.ID, r.Clock.Now()); err != nil {
				return err
			}
		}
	}
	if _, err := r.Store.Keep(ctx, batch); err != nil {
		return err
	}
	return r.load(ctx)
}

// ownerOf is the account that a record is of.
func ownerOf(one record) string {
	if m, ok := one.(interface{ owner() string }); ok {
		return m.owner()
	}
	return ""
}

func (m *made) owner() string { return m.Account }

func (r *Room) account(id string) (*Account, bool) {
	for i := range r.Accounts {
		if r.Accounts[i].ID == id {
			return &r.Accounts[i], true
		}
	}
	return &r.Accounts[0], false
}

func (r *Room) settings() *directory.StripeSettings { return &r.Directory.Settings().Stripe }

// begin takes the lock and begins a work for an account; end lets go of it.
func (r *Room) begin(ctx context.Context, account *Account, now time.Time) *work {
	r.mu.Lock()
	return &work{
		Room: r, ctx: ctx, now: now.UTC(), account: account, dirty: map[string]record{},
		version: version{name: firstVersion, date: firstVersion[:10]},
	}
}

func (w *work) end() { w.mu.Unlock() }

// FollowUps gives the rows that an event of a payment causes: what happened to
// a payment of ours must be told on the Stripe side. It is for
// [payment.Service.FollowUps].
func FollowUps(p payment.Payment, e payment.Event) []payment.Due {
	if p.Source != Source {
		return nil
	}
	switch e.Kind {
	case payment.CardDeclined, payment.InProgress, payment.PaymentAuthorized, payment.PaymentAborted, payment.PaymentExpired,
		payment.PaymentTerminated, payment.PaymentCaptured, payment.PaymentCancelled, payment.PaymentRefunded:
		return []payment.Due{{At: e.At, Kind: DueSettle, Key: p.ID.String()}}
	}
	return nil
}

// Settle does what a due row of the kind [DueSettle] asks for.
func (r *Room) Settle(ctx context.Context, due payment.Due) error {
	r.mu.Lock()
	id := due.Key
	if ref, ok := payment.ParseID(due.Key); ok {
		id = r.refs[ref]
	}
	one, known := r.rows[id]
	r.mu.Unlock()
	if !known {
		return nil // it went with a reset
	}
	account, _ := r.account(ownerOf(one))
	w := r.begin(ctx, account, due.At)
	defer w.end()
	if err := w.settleRecord(id); err != nil {
		return err
	}
	return w.commit()
}

// Pending tells what a due row of the kind [DueSettle] will do that the core's
// own rows do not tell: a refund that takes its time, a Checkout session that
// expires. The payment is named where there is one; false when nothing.
func (r *Room) Pending(due payment.Due) (kind, msn, reference, text string, does bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, known := r.rows[due.Key]
	if !known {
		return "", "", "", "", false
	}
	account, _ := r.account(ownerOf(one))
	w := &work{Room: r, account: account}
	switch t := one.(type) {
	case *refund:
		c, _ := get[*charge](w, t.Charge)
		return "refund", account.MSN, w.aboutCharge(c).Reference, "The refund " + t.ID + " succeeds.", t.Status == "pending"
	case *session:
		return "checkout", account.MSN, "", "The Checkout session " + t.ID[:16] + "… expires.", t.Status == "open"
	}
	return "", "", "", "", false
}

// settleRecord does what is due of a record.
func (w *work) settleRecord(id string) error {
	switch one := w.rows[id].(type) {
	case *attempt:
		_, err := w.settle(one.Intent)
		return err
	case *refund:
		w.settleRefund(one)
	case *session:
		return w.expireDue(one)
	}
	return nil
}

func merchantName(account *Account, d *directory.Directory) string {
	unit, known := d.Unit(account.MSN)
	if !known {
		return account.ID
	}
	return unit.Name
}

// bearer is the key that a request brings.
func bearer(r *http.Request) string {
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(key)
	}
	key, _, _ := r.BasicAuth()
	return key
}
