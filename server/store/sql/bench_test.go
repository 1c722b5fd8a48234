package sql_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
)

// callers is how many connections the goals of the issue are told for.
const callers = 16

var began = time.Date(2031, time.March, 14, 9, 26, 53, 0, time.UTC)

// creating is an ordinary create: payment, event, due row and kept answer.
func creating(reference string) payment.Op {
	id := payment.ID{MSN: "123456", Reference: reference}
	return payment.Op{ID: id, Once: "123456:create:" + reference, Step: func(c payment.Current) (payment.Change, error) {
		if c.Payment != nil {
			return payment.Change{}, fmt.Errorf("%s is taken", id)
		}
		p := payment.Payment{
			ID: id, Code: "p" + reference, Token: "p" + reference + ".0123456789abcdef0123456789abcdef", Source: "epayment",
			PSP: "9d9f1ab4-54e1-4a4e-8f6a-2b1c0de3a9f0", Amount: payment.Amount{Currency: "NOK", Value: 49900},
			State: payment.Created, Flow: payment.WebRedirect, Method: "WALLET", CreatedAt: began, Window: payment.Landing,
			Since: began, Deadline: began.Add(5 * time.Minute), Suggested: "4712345678", Key: reference,
			Description: "One pair of socks", ReturnURL: "https://shop.example/home?reference=" + reference,
		}
		return payment.Change{
			Payment: &p,
			Events:  []payment.Event{{ID: id, Kind: payment.PaymentCreated, At: began, Amount: p.Amount.Value, PSP: p.PSP, Key: p.Key}},
			Later:   []payment.Due{{At: p.Deadline, Kind: payment.DueWindow, Key: id.String()}},
			Reply:   &payment.Reply{Answer: fmt.Appendf(nil, `{"redirectUrl":"https://127.0.0.1:8080/landing?token=%s","reference":%q}`, p.Token, reference)},
		}, nil
	}}
}

var references atomic.Int64

// reference draws one that looks like those of shops: without any order.
func reference() string {
	n := uint64(references.Add(1)) * 0x9e3779b97f4a7c15
	return fmt.Sprintf("%016x-%08x", n, uint32(n>>7))
}

func parallel(b *testing.B, work func(context.Context, *sql.Store) error) {
	b.Helper()
	s := world(b, open(b, file(b)), "default", nil)
	b.SetParallelism((callers + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := work(context.Background(), s); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func BenchmarkApply(b *testing.B) {
	parallel(b, func(ctx context.Context, s *sql.Store) error {
		_, err := s.Apply(ctx, creating(reference()))
		return err
	})
}

func BenchmarkGet(b *testing.B) {
	s := world(b, open(b, file(b)), "default", nil)
	op := creating(reference())
	_, err := s.Apply(b.Context(), op)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Get(b.Context(), op.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := file(b)
	open(b, path).Close()
	for b.Loop() {
		db, err := sql.Open(b.Context(), path)
		require.NoError(b, err)
		world(b, db, "default", nil)
		require.NoError(b, db.Close())
	}
}

// BenchmarkExpire ends payments as a jump of the clock does: rows are claimed
// in batches, and a batch is one Apply.
func BenchmarkExpire(b *testing.B) {
	const batch = 256
	s := world(b, open(b, file(b)), "default", nil)
	ops := make([]payment.Op, 0, batch)
	for i := range b.N {
		ops = append(ops, creating(reference()))
		if len(ops) == batch || i == b.N-1 {
			_, err := s.Apply(b.Context(), ops...)
			require.NoError(b, err)
			ops = ops[:0]
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; {
		rows, err := s.Claim(b.Context(), began.Add(time.Hour), batch)
		require.NoError(b, err)
		require.NotEmpty(b, rows)
		ops = ops[:0]
		for _, row := range rows {
			ops = append(ops, expiring(row))
		}
		_, err = s.Apply(b.Context(), ops...)
		require.NoError(b, err)
		left -= len(rows)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func expiring(row payment.Due) payment.Op {
	id, _ := payment.ParseID(row.Key)
	return payment.Op{ID: id, Step: func(c payment.Current) (payment.Change, error) {
		p := *c.Payment
		p.State, p.EndedAt = payment.Expired, row.At
		return payment.Change{
			Payment: &p, Done: row.N,
			Events: []payment.Event{{ID: id, Kind: payment.PaymentExpired, At: row.At, Amount: p.Amount.Value, PSP: p.PSP, Key: p.Key}},
		}, nil
	}}
}
