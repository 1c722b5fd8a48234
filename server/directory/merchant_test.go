package directory_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/store/memory"
)

var (
	shop = directory.Unit{MSN: "700001", Name: "Shop", Company: "Shop AS", Market: "NO", Switches: directory.Ordinary()}
	keys = directory.Client{ID: "shop-client", Secret: "s", Keys: []string{"k1", "k2"}, MSNs: []string{"700001"}}
)

func TestAMerchantHasAClientOfItsOwnAndThePartner(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	require.NoError(t, d.AddMerchant(t.Context(), shop, keys))
	for name, seen := range map[string]*directory.Directory{"at once": d, "after a restart": reopen(t, docs)} {
		own, ok := seen.ClientOf("700001")
		require.True(t, ok, name)
		require.Equal(t, keys, own, name)
		partner, _ := seen.Client(directory.PartnerClientID)
		require.True(t, partner.Covers("700001"), name)
		require.True(t, seen.KnownKey("k2"), name)
	}
}

func TestTakenNamesOfMerchantsAreRefused(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	require.NoError(t, d.AddMerchant(t.Context(), shop, keys))
	require.ErrorIs(t, d.AddMerchant(t.Context(), shop, keys), directory.ErrExists)
	other := shop
	other.MSN = "700002"
	require.ErrorIs(t, d.AddMerchant(t.Context(), other, keys), directory.ErrClientExists)
	_, ok := d.Unit("700002")
	require.False(t, ok, "what was refused left nothing")
}

func TestChangingAMerchantMayChangeItsClient(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	u, c, err := d.ChangeMerchant(t.Context(), directory.DemoMSN, func(u *directory.Unit, c *directory.Client) error {
		u.Name, u.MSN, c.ID, c.Keys = "Renamed", "999999", "new-id", []string{"new-key"}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, directory.DemoMSN, u.MSN, "a unit keeps its number")
	require.Equal(t, "new-id", c.ID)
	for name, seen := range map[string]*directory.Directory{"at once": d, "after a restart": reopen(t, docs)} {
		_, ok := seen.Client(directory.DemoClientID)
		require.False(t, ok, name)
		own, ok := seen.ClientOf(directory.DemoMSN)
		require.True(t, ok, name)
		require.Equal(t, []string{"new-key"}, own.Keys, name)
		u, _ := seen.Unit(directory.DemoMSN)
		require.Equal(t, "Renamed", u.Name, name)
	}
	_, _, err = d.ChangeMerchant(t.Context(), "999999", func(*directory.Unit, *directory.Client) error { return nil })
	require.ErrorIs(t, err, directory.ErrNotFound)
	_, _, err = d.ChangeMerchant(t.Context(), "234567", func(_ *directory.Unit, c *directory.Client) error { c.ID = "new-id"; return nil })
	require.ErrorIs(t, err, directory.ErrClientExists)
}

func TestARemovedMerchantIsGoneWithItsClient(t *testing.T) {
	t.Parallel()
	d, docs := open(t)
	require.NoError(t, d.RemoveMerchant(t.Context(), directory.DemoMSN))
	require.ErrorIs(t, d.RemoveMerchant(t.Context(), directory.DemoMSN), directory.ErrNotFound)
	for name, seen := range map[string]*directory.Directory{"at once": d, "after a restart": reopen(t, docs)} {
		_, ok := seen.Unit(directory.DemoMSN)
		require.False(t, ok, name)
		_, ok = seen.Client(directory.DemoClientID)
		require.False(t, ok, name)
		partner, _ := seen.Client(directory.PartnerClientID)
		require.False(t, partner.Covers(directory.DemoMSN), name)
	}
	require.NoError(t, d.Reset(t.Context()))
	_, ok := d.Client(directory.DemoClientID)
	require.True(t, ok)
}

func TestAUnitMadeOnTheFlyHasNoClient(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	require.NoError(t, d.PutUnit(t.Context(), shop))
	_, ok := d.ClientOf(shop.MSN)
	require.False(t, ok)
	require.NoError(t, d.RemoveMerchant(t.Context(), shop.MSN))
}

func TestOnlyChangedSettingsAreKept(t *testing.T) {
	t.Parallel()
	docs := memory.New(nil)
	d := reopen(t, docs)
	require.Equal(t, directory.DefaultSettings(), *d.Settings())
	changed, err := d.ChangeSettings(t.Context(), func(s *directory.Settings) error { s.RateLimit = true; return nil })
	require.NoError(t, err)
	require.Equal(t, changed, *d.Settings())

	again := reopen(t, docs)
	other := directory.DefaultSettings()
	other.LandingWindow = directory.Duration(time.Minute)
	require.NoError(t, again.Begin(t.Context(), other))
	other.RateLimit = true
	require.Equal(t, other, *again.Settings(), "the change lies over another beginning")
	require.False(t, again.Begun().RateLimit)
	require.NoError(t, again.Reset(t.Context()))
	require.Equal(t, again.Begun(), *again.Settings())
}

func TestSettingsThatCannotBeKeptStayAsTheyAre(t *testing.T) {
	t.Parallel()
	d := reopen(t, troubled{memory.New(nil)})
	_, err := d.ChangeSettings(t.Context(), func(s *directory.Settings) error { s.RateLimit = true; return nil })
	require.ErrorIs(t, err, errBroken)
	_, err = d.ChangeSettings(t.Context(), func(*directory.Settings) error { return errBroken })
	require.ErrorIs(t, err, errBroken)
	require.False(t, d.Settings().RateLimit)
	require.ErrorIs(t, d.AddMerchant(t.Context(), shop, keys), errBroken)
	_, ok := d.ClientOf(shop.MSN)
	require.False(t, ok)
}

func TestHowLongMobilePayMayCaptureIsASetting(t *testing.T) {
	t.Parallel()
	s := directory.DefaultSettings()
	s.MobilePayCaptureDays = 7
	for market, days := range map[string]int{"DK": 7, "FI": 7, "NO": 180, "SE": 180} {
		u := directory.Unit{Market: market}
		require.Equal(t, time.Duration(days)*24*time.Hour, u.Terms(&s).CaptureFor, market)
	}
}

func TestBrandsAreCalledByTheirLabels(t *testing.T) {
	t.Parallel()
	b := directory.Brands{Vipps: directory.Brand{Label: "A"}, MobilePay: directory.Brand{Label: "B"}}
	for i, brand := range []string{"vipps", "mobilepay", "other"} {
		require.Equal(t, []string{"A", "B", "other"}[i], b.Label(brand), strconv.Itoa(i))
	}
}
