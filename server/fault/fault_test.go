package fault_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/fault"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func newSet() *fault.Set {
	return fault.New(rand.New(rand.NewPCG(1, 2)), func() time.Time { return noon })
}

func add(t *testing.T, s *fault.Set, f fault.Fault) fault.Fault {
	t.Helper()
	f, err := s.Add(f)
	require.NoError(t, err)
	return f
}

var (
	drop    = fault.Do{Drop: true}
	answer  = fault.Do{Status: 503}
	pushes  = fault.Match{Target: fault.Push}
	anyHook = fault.Match{Target: fault.Webhook}
)

const captured = "epayments.payment.captured.v1"

func TestAFaultMeetsWhatItNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		match fault.Match
		meets bool
	}{
		{"every webhook", anyHook, true},
		{"webhooks of the event", fault.Match{Target: fault.Webhook, Event: captured}, true},
		{"webhooks of the unit", fault.Match{Target: fault.Webhook, MSN: "123456"}, true},
		{"webhooks of the payment", fault.Match{Target: fault.Webhook, MSN: "123456", Reference: "order-0001"}, true},
		{"not another event", fault.Match{Target: fault.Webhook, Event: "epayments.payment.created.v1"}, false},
		{"not another unit", fault.Match{Target: fault.Webhook, MSN: "234567"}, false},
		{"not another payment", fault.Match{Target: fault.Webhook, Reference: "order-0002"}, false},
		{"not pushes", pushes, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSet()
			wanted := add(t, s, fault.Fault{Match: c.match, Do: drop})
			got, met := s.Webhook(captured, "123456", "order-0001", false)
			require.Equal(t, c.meets, met)
			if met {
				require.Equal(t, wanted.ID, got.ID)
			}
		})
	}
}

func TestAPushIsMetByItsPhone(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{Match: fault.Match{Target: fault.Push, Phone: "4712345678"}, Do: drop})
	_, met := s.Push("123456", "order-0001", "4787654321")
	require.False(t, met)
	_, met = s.Push("123456", "order-0001", "4712345678")
	require.True(t, met)
}

// fired asks so many times and tells which times the fault fired.
func fired(s *fault.Set, times int) []int {
	var hits []int
	for i := range times {
		if _, met := s.Push("123456", "order-0001", "4712345678"); met {
			hits = append(hits, i)
		}
	}
	return hits
}

func TestSkipAndTimesBoundWhenItFires(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{Match: pushes, Do: drop, Skip: 2, Times: 3})
	require.Equal(t, []int{2, 3, 4}, fired(s, 10))
	require.Equal(t, 3, s.List()[0].Fired)
}

func TestAFaultThatLetsPassLeavesTheNextItsTurn(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{ID: "late", Match: pushes, Do: drop, Skip: 1})
	add(t, s, fault.Fault{ID: "always", Match: pushes, Do: drop})
	first, _ := s.Push("123456", "order-0001", "4712345678")
	second, _ := s.Push("123456", "order-0001", "4712345678")
	require.Equal(t, []string{"always", "late"}, []string{first.ID, second.ID})
}

func TestChanceIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	half := 0.5
	hits := func() []int {
		s := newSet()
		add(t, s, fault.Fault{Match: pushes, Do: drop, Probability: &half})
		return fired(s, 100)
	}
	once := hits()
	require.Equal(t, once, hits())
	require.InDelta(t, 50, len(once), 20)
}

func TestIdsAreDrawnPastThoseTaken(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{ID: "f1", Match: pushes, Do: drop})
	require.Equal(t, "f2", add(t, s, fault.Fault{Match: pushes, Do: drop}).ID)
	_, err := s.Add(fault.Fault{ID: "f1", Match: pushes, Do: drop})
	require.ErrorIs(t, err, fault.ErrExists)
}

func TestWhatWasRemovedFiresNoMore(t *testing.T) {
	t.Parallel()
	s := newSet()
	f := add(t, s, fault.Fault{Match: pushes, Do: drop})
	gone, known := s.Remove(f.ID)
	require.True(t, known)
	require.Equal(t, f.ID, gone.ID)
	_, known = s.Remove(f.ID)
	require.False(t, known)
	require.Empty(t, fired(s, 1))
	add(t, s, fault.Fault{Match: pushes, Do: drop})
	s.Clear()
	require.Empty(t, fired(s, 1))
}

func TestResettingAUnitLeavesTheOthers(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{ID: "one", Match: fault.Match{Target: fault.Push, MSN: "123456"}, Do: drop})
	add(t, s, fault.Fault{ID: "all", Match: pushes, Do: drop})
	fired(s, 1)
	s.Reset("123456")
	require.Empty(t, s.Strikes("123456", "order-0001"))
	require.Len(t, s.List(), 1)
	s.Reset("")
	require.Empty(t, s.List())
}

func TestStrikesAreToldOfThePaymentHit(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{Match: pushes, Do: drop})
	add(t, s, fault.Fault{Match: anyHook, Do: answer, Times: 1})
	add(t, s, fault.Fault{Match: anyHook, Do: drop})
	s.Push("123456", "order-0001", "4712345678")
	s.Webhook(captured, "123456", "order-0001", false)
	s.Webhook(captured, "123456", "order-0001", false)
	s.Push("123456", "order-0002", "4712345678")
	var told []string
	for _, k := range s.Strikes("123456", "order-0001") {
		require.Equal(t, noon, k.At)
		told = append(told, k.Text())
	}
	require.Equal(t, []string{
		"The fault f1 lost the push to 4712345678.",
		"The fault f2 answered the webhook " + captured + " with 503 in the receiver's place.",
		"The fault f3 lost the webhook " + captured + " for good.",
	}, told)
}

func TestStrikesAreForgottenOldestFirst(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{Match: pushes, Do: drop})
	s.Push("123456", "order-0002", "4712345678")
	require.Len(t, fired(s, 20_000), 20_000)
	require.Empty(t, s.Strikes("123456", "order-0002"))
	require.GreaterOrEqual(t, len(s.Strikes("123456", "order-0001")), 9000)
	require.LessOrEqual(t, len(s.Strikes("123456", "order-0001")), 10_000)
}

func TestAFaultThatMakesNoSenseIsRefusedByName(t *testing.T) {
	t.Parallel()
	never, twice := 0.0, 2.0
	for field, f := range map[string]fault.Fault{
		"match.target": {Do: drop},
		"match.event":  {Match: fault.Match{Target: fault.Push, Event: captured}, Do: drop},
		"match.phone":  {Match: fault.Match{Target: fault.Webhook, Phone: "4712345678"}, Do: drop},
		"match.method": {Match: fault.Match{Target: fault.Webhook, Method: "GET"}, Do: drop},
		"match.path":   {Match: fault.Match{Target: fault.Webhook, Path: "/x"}, Do: drop},
		"do":           {Match: pushes},
		"do.status":    {Match: pushes, Do: answer},
		"times":        {Match: pushes, Do: drop, Times: -1},
		"skip":         {Match: pushes, Do: drop, Skip: -1},
		"probability":  {Match: pushes, Do: drop, Probability: &never},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			_, err := newSet().Add(f)
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, field, wrong.Field)
		})
	}
	for _, f := range []fault.Fault{
		{Match: fault.Match{Target: "phone"}, Do: drop},
		{Match: fault.Match{Target: fault.API}, Do: drop},
		{Match: fault.Match{Target: fault.Webhook}, Do: fault.Do{Code: "6260"}},
		{Match: fault.Match{Target: fault.API, Event: captured}, Do: answer},
		{Match: anyHook, Do: fault.Do{Drop: true, Status: 500}},
		{Match: anyHook, Do: fault.Do{Status: 100}},
		{Match: anyHook, Do: drop, Probability: &twice},
	} {
		_, err := newSet().Add(f)
		require.Error(t, err)
	}
}

func FuzzDoRefusesWhatItCannotDo(f *testing.F) {
	for _, s := range []string{`{}`, `{"drop":true}`, `{"status":503}`, `{"latency":"2s"}`, `[]`, `null`, `{"drop":"yes"}`, `{"status":1e9}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		var d fault.Do
		if err := json.Unmarshal([]byte(s), &d); err != nil {
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.NotEmpty(t, wrong.Field)
			require.NotEmpty(t, wrong.Reason)
		}
	})
}
