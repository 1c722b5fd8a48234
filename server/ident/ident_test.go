package ident_test

import (
	"encoding/base64"
	"strconv"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"liksom/server/ident"
)

// draw takes some of everything from a source.
func draw(s *ident.Source) []string {
	return []string{s.UUID(), s.Code(10), s.Secret(), s.UUID(), s.Code(1), s.Code(32), strconv.FormatUint(s.Rand().Uint64(), 16)}
}

func TestASeedRepeats(t *testing.T) {
	t.Parallel()
	require.Equal(t, draw(ident.Seeded("ci")), draw(ident.Seeded("ci")))
	require.NotEqual(t, draw(ident.Seeded("ci")), draw(ident.Seeded("cj")))
	require.NotEqual(t, draw(ident.Seeded("")), draw(ident.New()))
	require.NotEqual(t, draw(ident.New()), draw(ident.New()))
}

func TestNamesHaveTheirForm(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*ident.Source{"seeded": ident.Seeded("form"), "random": ident.New()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 200 {
				id, err := uuid.Parse(s.UUID())
				require.NoError(t, err)
				require.Equal(t, uuid.Version(4), id.Version())
				require.Equal(t, uuid.RFC4122, id.Variant())

				secret := s.Secret()
				require.Len(t, secret, 88)
				raw, err := base64.StdEncoding.DecodeString(secret)
				require.NoError(t, err)
				require.Len(t, raw, 64)

				require.Regexp(t, `^[A-Za-z0-9]{10}$`, s.Code(10))
				require.Empty(t, s.Code(0))
			}
		})
	}
}

func TestManyMayDrawAtOnce(t *testing.T) {
	t.Parallel()
	s := ident.Seeded("crowd")
	var mu sync.Mutex
	var crowd sync.WaitGroup
	seen := map[string]bool{}
	for range 8 {
		crowd.Go(func() {
			for range 500 {
				id := s.UUID()
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	crowd.Wait()
	require.Len(t, seen, 4000, "no name is drawn twice")
}

func BenchmarkUUID(b *testing.B) {
	s := ident.New()
	b.ReportAllocs()
	for b.Loop() {
		_ = s.UUID()
	}
}
