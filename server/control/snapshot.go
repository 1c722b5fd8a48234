package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"liksom/server/directory"
	"liksom/server/problem"
)

// maxSnapshot is the largest snapshot taken.
const maxSnapshot = 512 << 20

// Snapshots write the whole world down and put another in its place.
type Snapshots interface {
	Snapshot(ctx context.Context) ([]byte, error)
	// Restore replaces the world; a [*SnapshotError] when the document cannot
	// be, and then nothing has changed.
	Restore(ctx context.Context, document []byte) error
}

// SnapshotError tells all that is wrong with a snapshot.
type SnapshotError struct{ Mistakes []problem.Detail }

func (e *SnapshotError) Error() string {
	return fmt.Sprintf("the snapshot has %d mistakes, the first at %s: %s", len(e.Mistakes), e.Mistakes[0].Name, e.Mistakes[0].Reason)
}

func (c *Control) snapshot(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	document, err := c.Snapshots.Snapshot(r.Context())
	if err != nil {
		return answer{}, err
	}
	return ok(json.RawMessage(document))
}

func (c *Control) restore(r *http.Request) (answer, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxSnapshot+1))
	if err != nil {
		return answer{}, &failure{status: http.StatusBadRequest, detail: "The body ended before all of it had come; send it again."}
	}
	if len(body) > maxSnapshot {
		return answer{}, &failure{status: http.StatusRequestEntityTooLarge, detail: "The snapshot is larger than 512 MiB."}
	}
	err = c.Snapshots.Restore(r.Context(), body)
	var wrong *SnapshotError
	if errors.As(err, &wrong) {
		return answer{}, &failure{
			status: http.StatusBadRequest, title: "Not a snapshot of this form",
			detail: fmt.Sprintf("%d mistakes, each in extraDetails; nothing was changed.", len(wrong.Mistakes)), extra: wrong.Mistakes,
		}
	}
	if err != nil {
		return answer{}, err
	}
	return nothing()
}

// Bodies are what a snapshot holds in the form of bodies.
type Bodies struct {
	Settings                  json.RawMessage
	Merchants, Phones, Faults []json.RawMessage
}

// Bodies gives what is set at this moment, with all secrets.
func (c *Control) Bodies() (Bodies, error) {
	var b Bodies
	var errs []error
	write := func(v any) json.RawMessage {
		body, err := json.Marshal(v)
		errs = append(errs, err)
		return body
	}
	b.Settings = write(viewSettings(*c.Directory.Settings()))
	b.Merchants, b.Phones, b.Faults = []json.RawMessage{}, []json.RawMessage{}, []json.RawMessage{}
	for _, unit := range c.Directory.Units() {
		client, _ := c.Directory.ClientOf(unit.MSN)
		b.Merchants = append(b.Merchants, write(viewMerchant(unit, client)))
	}
	for _, phone := range c.Directory.Phones() {
		b.Phones = append(b.Phones, write(viewPhone(phone)))
	}
	for _, f := range c.Faults.List() {
		b.Faults = append(b.Faults, write(f))
	}
	return b, errors.Join(errs...)
}

// SetAll puts bodies in the place of all that is set, and tells every mistake
// in them. With a mistake the world is half done: it is for worlds that are
// thrown away then.
func (c *Control) SetAll(ctx context.Context, b Bodies) []problem.Detail {
	var mistakes []problem.Detail
	note := func(place string, err error) {
		if err == nil {
			return
		}
		field, reason := FieldOf(err)
		if field != "$" {
			place += "." + field
		}
		mistakes = append(mistakes, problem.Detail{Name: place, Reason: reason})
	}
	_, err := c.Directory.ChangeSettings(ctx, func(s *directory.Settings) (err error) {
		*s, err = ChangedSettings(*s, b.Settings)
		return err
	})
	note("settings", err)
	for _, unit := range c.Directory.Units() {
		note("merchants", c.Directory.RemoveMerchant(ctx, unit.MSN))
	}
	for i, body := range b.Merchants {
		note(fmt.Sprintf("merchants[%d]", i), c.setMerchant(ctx, body))
	}
	for _, phone := range c.Directory.Phones() {
		note("phones", c.Directory.RemovePhone(ctx, phone.Number))
	}
	for i, body := range b.Phones {
		note(fmt.Sprintf("phones[%d]", i), c.setPhone(ctx, body))
	}
	for i, body := range b.Faults {
		note(fmt.Sprintf("faults[%d]", i), c.setFault(ctx, body))
	}
	return mistakes
}

// setMerchant adds a unit that a body tells all of.
func (c *Control) setMerchant(ctx context.Context, body []byte) error {
	var v merchantView
	if err := decodeBytes(body, &v); err != nil {
		return err
	}
	if v.ClientSecret == masked {
		return invalid("clientSecret", "A snapshot needs the secret itself.")
	}
	if err := v.check(); err != nil {
		return err
	}
	err := c.Directory.AddMerchant(ctx, v.unit(), v.client())
	if errors.Is(err, directory.ErrExists) {
		return invalid("msn", "Another sales unit has this number already.")
	}
	return takenClient(err)
}

// setPhone adds a phone that a body tells all of.
func (c *Control) setPhone(ctx context.Context, body []byte) error {
	var named struct {
		Number string `json:"number"`
	}
	_ = json.Unmarshal(body, &named) // what is wrong with it is told below
	if !directory.ValidNumber(named.Number) {
		return invalid("number", "The number must be in international form, digits only and of the length usual in its country, such as 4712345678.")
	}
	p, err := changed(directory.Phone{Number: named.Number}, body)
	if err != nil {
		return err
	}
	err = c.Directory.AddPhone(ctx, p)
	if errors.Is(err, directory.ErrExists) {
		return invalid("number", "Another phone has this number already.")
	}
	return err
}

// setFault puts a fault in force that has been so for a while.
func (c *Control) setFault(ctx context.Context, body []byte) error {
	made, err := c.makeFault(ctx, body)
	if err != nil {
		return err
	}
	var counted struct {
		Met   int `json:"met"`
		Fired int `json:"fired"`
	}
	if err := json.Unmarshal(body, &counted); err != nil {
		return err
	}
	if !c.Faults.Recount(made.ID, counted.Met, counted.Fired) {
		return invalid("fired", "How often a fault was met and fired cannot be negative.")
	}
	return nil
}
