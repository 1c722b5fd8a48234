package directory_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/store/memory"
)

func TestAPayerIsFoundByTheNameAUnitHasForThem(t *testing.T) {
	t.Parallel()
	d, err := directory.New(t.Context(), memory.New(nil))
	require.NoError(t, err)
	kari, _ := d.Phone(directory.DemoPhone)
	sub := kari.Sub("123456")

	found, ok := d.Payer("123456", sub)
	require.True(t, ok)
	require.Equal(t, kari, found)
	_, ok = d.Payer("234567", sub)
	require.False(t, ok, "another unit has another name")
	_, ok = d.Payer("123456", "c06c4afe-d9e1-4c5d-939a-177d752a0944")
	require.False(t, ok)
}

func TestAPayerIsFoundAsTheyAreNow(t *testing.T) {
	t.Parallel()
	d, err := directory.New(t.Context(), memory.New(nil))
	require.NoError(t, err)
	late := directory.NewPhone("4799900001", "Late Demo", "NO")
	sub := late.Sub("123456")
	_, ok := d.Payer("123456", sub)
	require.False(t, ok)

	require.NoError(t, d.AddPhone(t.Context(), late))
	_, ok = d.Payer("123456", sub)
	require.True(t, ok, "a phone added later")

	_, err = d.ChangePhone(t.Context(), late.Number, func(p *directory.Phone) error {
		p.Name = "Married Demo"
		return nil
	})
	require.NoError(t, err)
	found, _ := d.Payer("123456", sub)
	require.Equal(t, "Married Demo", found.Name, "a phone changed later")

	require.NoError(t, d.RemovePhone(t.Context(), late.Number))
	_, ok = d.Payer("123456", sub)
	require.False(t, ok, "a phone removed later")

	require.NoError(t, d.AddPhone(t.Context(), late))
	require.NoError(t, d.Reset(t.Context()))
	_, ok = d.Payer("123456", sub)
	require.False(t, ok, "a phone lost in a reset")
}

func BenchmarkPayerAmongThousands(b *testing.B) {
	d, err := directory.New(b.Context(), memory.New(nil))
	require.NoError(b, err)
	for i := range 5000 {
		require.NoError(b, d.AddPhone(b.Context(), directory.NewPhone(strconv.Itoa(4790000000+i), "Demo", "NO")))
	}
	last, _ := d.Phone("4790004999")
	sub := last.Sub("123456")
	b.ResetTimer()
	for b.Loop() {
		_, ok := d.Payer("123456", sub)
		require.True(b, ok)
	}
}
