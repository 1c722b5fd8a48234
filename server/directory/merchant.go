package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// ClientOf gives the client that speaks for one unit and no other.
func (d *Directory) ClientOf(msn string) (Client, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for i := range d.clients {
		if c := &d.clients[i]; !c.Partner && len(c.MSNs) == 1 && c.MSNs[0] == msn {
			return *c, true
		}
	}
	return Client{}, false
}

// AddMerchant adds a sales unit with a client of its own; the partner's keys
// cover it, too. [ErrExists] when the unit or [ErrClientExists] when the
// client is there already.
func (d *Directory) AddMerchant(ctx context.Context, u Unit, c Client) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	if _, taken := d.Unit(u.MSN); taken {
		return fmt.Errorf("sales unit %s: %w", u.MSN, ErrExists)
	}
	return d.keepMerchant(ctx, u, c)
}

// ChangeMerchant changes a sales unit and its client, which is empty when
// there is none; [ErrNotFound] when there is no unit, [ErrClientExists] when
// the client's new id is another's. The change must not alter what the
// client's slices hold, only replace them.
func (d *Directory) ChangeMerchant(ctx context.Context, msn string, change func(*Unit, *Client) error) (Unit, Client, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	u, known := d.Unit(msn)
	if !known {
		return Unit{}, Client{}, fmt.Errorf("sales unit %s: %w", msn, ErrNotFound)
	}
	before, _ := d.ClientOf(msn)
	c := before
	if err := change(&u, &c); err != nil {
		return Unit{}, Client{}, err
	}
	u.MSN = msn
	if err := d.keepMerchant(ctx, u, c); err != nil {
		return Unit{}, Client{}, err
	}
	if before.ID != "" && before.ID != c.ID {
		return u, c, d.dropClient(ctx, before.ID)
	}
	return u, c, nil
}

// RemoveMerchant removes a sales unit and its client; [ErrNotFound] when
// there is no unit.
func (d *Directory) RemoveMerchant(ctx context.Context, msn string) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	if _, known := d.Unit(msn); !known {
		return fmt.Errorf("sales unit %s: %w", msn, ErrNotFound)
	}
	if err := d.docs.PutDocument(ctx, unitKind, msn, []byte("null")); err != nil {
		return err
	}
	client, has := d.ClientOf(msn)
	d.mu.Lock()
	d.units = slices.DeleteFunc(d.units, func(u Unit) bool { return u.MSN == msn })
	d.link()
	d.mu.Unlock()
	if !has {
		return nil
	}
	return d.dropClient(ctx, client.ID)
}

// keepMerchant keeps the client before the unit: what a crash in between
// leaves behind is a key that opens nothing.
func (d *Directory) keepMerchant(ctx context.Context, u Unit, c Client) error {
	body, err := json.Marshal(u)
	if err != nil {
		return err
	}
	if c.ID != "" {
		c.MSNs = []string{u.MSN}
		if err := d.keepClient(ctx, c); err != nil {
			return err
		}
	}
	return d.keepUnit(ctx, u, body)
}

func (d *Directory) keepClient(ctx context.Context, c Client) error {
	if other, taken := d.Client(c.ID); taken && !slices.Equal(other.MSNs, c.MSNs) {
		return fmt.Errorf("client %s: %w", c.ID, ErrClientExists)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := d.docs.PutDocument(ctx, clientKind, c.ID, body); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	put(&d.clients, c, func(e Client) bool { return e.ID == c.ID })
	return nil
}

func (d *Directory) dropClient(ctx context.Context, id string) error {
	if err := d.docs.PutDocument(ctx, clientKind, id, []byte("null")); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clients = slices.DeleteFunc(d.clients, func(c Client) bool { return c.ID == id })
	return nil
}

// link has the ready-made partner cover every unit there is. The lock on the
// lists must be held.
func (d *Directory) link() {
	for i := range d.clients {
		if d.clients[i].ID != PartnerClientID {
			continue
		}
		all := make([]string, len(d.units))
		for j := range d.units {
			all[j] = d.units[j].MSN
		}
		d.clients[i].MSNs = all
	}
}
