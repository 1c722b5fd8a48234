package directory_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/store/memory"
)

var errBroken = errors.New("the disk is full")

// open makes a directory on documents of its own.
func open(t *testing.T) (*directory.Directory, *memory.Store) {
	t.Helper()
	docs := memory.New(nil)
	return reopen(t, docs), docs
}

// reopen makes the directory anew, as after a restart.
func reopen(t *testing.T, docs directory.Documents) *directory.Directory {
	t.Helper()
	d, err := directory.New(t.Context(), docs)
	require.NoError(t, err)
	return d
}

func documents(t *testing.T, docs directory.Documents) int {
	t.Helper()
	n := 0
	for _, kind := range []string{"phone", "unit"} {
		kept, err := docs.Documents(t.Context(), kind)
		require.NoError(t, err)
		n += len(kept)
	}
	return n
}

func numbers(d *directory.Directory) []string {
	var list []string
	for _, p := range d.Phones() {
		list = append(list, p.Number)
	}
	return list
}

var readyNumbers = []string{"4712345678", "4787654321", "4512345678", "358401234567", "46701234567"}

func TestTheReadyMadeDataIsThere(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	require.Equal(t, readyNumbers, numbers(d))
	var msns []string
	for _, u := range d.Units() {
		msns = append(msns, u.MSN)
	}
	require.Equal(t, []string{"123456", "234567", "345678", "456789", "567890"}, msns)
	require.Zero(t, documents(t, docs), "what is ready-made takes no room")

	for i, msn := range msns {
		c, ok := d.Client("5a1e0000-0000-4000-8000-00000000000" + strconv.Itoa(i+1))
		require.True(t, ok)
		require.Equal(t, directory.DemoSecret, c.Secret)
		require.True(t, c.Covers(msn))
		require.Len(t, c.MSNs, 1)
		require.False(t, c.Partner)
	}
	partner, ok := d.Client(directory.PartnerClientID)
	require.True(t, ok)
	require.True(t, partner.Partner)
	require.Equal(t, msns, partner.MSNs)
	require.False(t, partner.Covers("999999"))
	_, ok = d.Client("nobody")
	require.False(t, ok)
	require.True(t, d.KnownKey(directory.DemoSubscriptionKey))
	require.False(t, d.KnownKey(""))
}

func TestChangesOutliveARestart(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	changed, err := d.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error {
		p.Online, p.Latency, p.Number = false, directory.Duration(90*time.Second), "4799999999"
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, directory.DemoPhone, changed.Number, "a phone keeps its number")
	added := directory.NewPhone("4799999999", "Nils Ny", "NO")
	require.NoError(t, d.AddPhone(t.Context(), added))
	require.NoError(t, d.RemovePhone(t.Context(), "4787654321"))
	unit, ok := d.Unit("345678")
	require.True(t, ok)
	unit.Switches.PushAllowed = true
	require.NoError(t, d.PutUnit(t.Context(), unit))
	require.NoError(t, d.PutUnit(t.Context(), directory.Unit{MSN: "678901", Name: "New"}))

	for name, seen := range map[string]*directory.Directory{"at once": d, "after a restart": reopen(t, docs)} {
		require.Equal(t, []string{"4712345678", "4512345678", "358401234567", "46701234567", "4799999999"}, numbers(seen), name)
		p, ok := seen.Phone(directory.DemoPhone)
		require.True(t, ok, name)
		require.Equal(t, changed, p, name)
		p, ok = seen.Phone("4799999999")
		require.True(t, ok, name)
		require.Equal(t, added, p, name)
		_, ok = seen.Phone("4787654321")
		require.False(t, ok, name)
		u, ok := seen.Unit("345678")
		require.True(t, ok, name)
		require.Equal(t, unit, u, name)
		require.Len(t, seen.Units(), 6, name)
	}
	require.Equal(t, 5, documents(t, docs), "changes only are kept")
}

func TestARemovedPhoneMayComeBack(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	require.NoError(t, d.RemovePhone(t.Context(), directory.DemoPhone))
	require.ErrorIs(t, d.RemovePhone(t.Context(), directory.DemoPhone), directory.ErrNotFound)
	_, err := d.ChangePhone(t.Context(), directory.DemoPhone, func(*directory.Phone) error { return nil })
	require.ErrorIs(t, err, directory.ErrNotFound)
	require.NoError(t, d.AddPhone(t.Context(), directory.NewPhone(directory.DemoPhone, "Kari Again", "NO")))
	p, ok := reopen(t, docs).Phone(directory.DemoPhone)
	require.True(t, ok)
	require.Equal(t, "Kari Again", p.Name)
}

func TestAnAddedPhoneThatIsRemovedStaysAway(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	require.NoError(t, d.AddPhone(t.Context(), directory.NewPhone("4799999999", "Nils", "NO")))
	require.NoError(t, d.RemovePhone(t.Context(), "4799999999"))
	require.Equal(t, readyNumbers, numbers(d))
	require.Equal(t, readyNumbers, numbers(reopen(t, docs)))
}

func TestATakenNumberIsRefused(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	require.ErrorIs(t, d.AddPhone(t.Context(), directory.NewPhone(directory.DemoPhone, "Twin", "NO")), directory.ErrExists)
	require.Zero(t, documents(t, docs))
}

func TestAChangeThatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	before, _ := d.Phone(directory.DemoPhone)
	_, err := d.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error {
		p.Online = false
		return errBroken
	})
	require.ErrorIs(t, err, errBroken)
	after, _ := d.Phone(directory.DemoPhone)
	require.Equal(t, before, after)
	require.Zero(t, documents(t, docs))
}

func TestResetGoesBackToTheReadyMadeData(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	fresh := d.Phones()
	require.NoError(t, d.AddPhone(t.Context(), directory.NewPhone("4799999999", "Nils", "NO")))
	require.NoError(t, d.RemovePhone(t.Context(), directory.DemoPhone))
	require.NoError(t, d.PutUnit(t.Context(), directory.Unit{MSN: "678901"}))
	require.NoError(t, d.Reset(t.Context()))
	require.Equal(t, fresh, d.Phones())
	require.Len(t, d.Units(), 5)
	require.Zero(t, documents(t, docs))
}

// troubled cannot keep anything.
type troubled struct{ *memory.Store }

func (troubled) PutDocument(context.Context, string, string, []byte) error { return errBroken }

func TestWhatCannotBeKeptDoesNotHappen(t *testing.T) {
	t.Parallel()
	d := reopen(t, troubled{memory.New(nil)})
	told := 0
	d.OnPhoneChange(func(directory.Phone) { told++ })
	_, err := d.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error { p.Online = false; return nil })
	require.ErrorIs(t, err, errBroken)
	require.ErrorIs(t, d.AddPhone(t.Context(), directory.NewPhone("4799999999", "Nils", "NO")), errBroken)
	require.ErrorIs(t, d.RemovePhone(t.Context(), directory.DemoPhone), errBroken)
	require.ErrorIs(t, d.PutUnit(t.Context(), directory.Unit{MSN: "678901"}), errBroken)
	p, _ := d.Phone(directory.DemoPhone)
	require.True(t, p.Online)
	require.Equal(t, readyNumbers, numbers(d))
	require.Zero(t, told)
}

func TestADamagedDocumentIsNamed(t *testing.T) {
	t.Parallel()
	docs := memory.New(nil)
	require.NoError(t, docs.PutDocument(t.Context(), "phone", directory.DemoPhone, []byte("{")))
	_, err := directory.New(t.Context(), docs)
	require.ErrorContains(t, err, "phone "+directory.DemoPhone)
}

func TestChangesAreToldOutsideAnyLock(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	var told []string
	d.OnPhoneChange(func(p directory.Phone) {
		told = append(told, p.Name)
		if p.Name == "First" { // a listener may change the phone again
			_, err := d.ChangePhone(t.Context(), p.Number, func(p *directory.Phone) error { p.Name = "Second"; return nil })
			require.NoError(t, err)
		}
	})
	_, err := d.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error { p.Name = "First"; return nil })
	require.NoError(t, err)
	require.NoError(t, d.AddPhone(t.Context(), directory.NewPhone("4799999999", "Nils", "NO")))
	require.Equal(t, []string{"First", "Second", "Nils"}, told)
}

func TestAResetTellsOfThePhonesThatAreOtherwiseNow(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	_, err := d.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error { p.Online = false; return nil })
	require.NoError(t, err)
	require.NoError(t, d.RemovePhone(t.Context(), "4787654321"))
	require.NoError(t, d.AddPhone(t.Context(), directory.NewPhone("4799999999", "Nils", "NO")))
	told := map[string]bool{}
	d.OnPhoneChange(func(p directory.Phone) { told[p.Number] = p.Online })
	require.NoError(t, d.Reset(t.Context()))
	require.Equal(t, map[string]bool{directory.DemoPhone: true, "4787654321": true}, told, "one that is gone is not told of")
}

func TestChangesOfOnePhoneDoNotUndoEachOther(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	var crowd sync.WaitGroup
	for range 50 {
		crowd.Go(func() {
			_, _ = d.ChangePhone(context.Background(), directory.DemoPhone, func(p *directory.Phone) error { p.Age++; return nil })
		})
	}
	crowd.Wait()
	for _, seen := range []*directory.Directory{d, reopen(t, docs)} {
		p, _ := seen.Phone(directory.DemoPhone)
		require.Equal(t, 37+50, p.Age)
	}
}

func TestANumberIsTakenOnce(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	errs := make([]error, 20)
	var crowd sync.WaitGroup
	for i := range errs {
		crowd.Go(func() {
			errs[i] = d.AddPhone(context.Background(), directory.NewPhone("4799999999", strconv.Itoa(i), "NO"))
		})
	}
	crowd.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		require.ErrorIs(t, err, directory.ErrExists)
	}
	require.Equal(t, 1, added)
	require.Len(t, d.Phones(), 6)
}

func TestTheCallerTravelsWithTheRequest(t *testing.T) {
	t.Parallel()
	require.Nil(t, directory.CallerFrom(t.Context()))
	caller := &directory.Caller{Unit: directory.Unit{MSN: directory.DemoMSN}}
	require.Same(t, caller, directory.CallerFrom(directory.WithCaller(t.Context(), caller)))
}
