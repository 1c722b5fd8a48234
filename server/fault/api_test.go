package fault_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/fault"
)

var call = fault.Match{Method: "POST", Path: "/epayment/v1/payments/order-0001/capture", MSN: "123456", Reference: "order-0001"}

func TestACallIsMetByItsMethodAndPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		match fault.Match
		meets bool
	}{
		{"every call", fault.Match{}, true},
		{"the method", fault.Match{Method: "post"}, true},
		{"another method", fault.Match{Method: "GET"}, false},
		{"the path", fault.Match{Path: call.Path}, true},
		{"the path with a slash behind", fault.Match{Path: call.Path + "/"}, true},
		{"the path with a star", fault.Match{Path: "/epayment/v1/payments/*/capture"}, true},
		{"the path as documents write it", fault.Match{Path: "/epayment/v1/payments/{reference}/capture"}, true},
		{"another path", fault.Match{Path: "/epayment/v1/payments/*/refund"}, false},
		{"a part of the path", fault.Match{Path: "/epayment/v1/payments"}, false},
		{"the payment", fault.Match{MSN: "123456", Reference: "order-0001"}, true},
		{"another payment", fault.Match{Reference: "order-0002"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSet()
			c.match.Target = fault.API
			add(t, s, fault.Fault{Match: c.match, Do: answer})
			_, met := s.Call(call)
			require.Equal(t, c.meets, met)
		})
	}
}

func TestCodedFaultsAreAskedForApart(t *testing.T) {
	t.Parallel()
	s := newSet()
	require.False(t, s.Any())
	add(t, s, fault.Fault{ID: "coded", Match: fault.Match{Target: fault.API}, Do: fault.Do{Code: "6260"}, Times: 1})
	add(t, s, fault.Fault{ID: "other", Match: fault.Match{Target: fault.API}, Do: fault.Do{Latency: "2s"}, Times: 1})
	require.True(t, s.Any())
	first, met := s.Call(call)
	require.True(t, met)
	require.Equal(t, "other", first.ID)
	require.Equal(t, 2*time.Second, first.Do.Held())
	second, met := s.Coded(call)
	require.True(t, met)
	require.Equal(t, "6260", second.Do.Code)
	_, met = s.Coded(call)
	require.False(t, met, "once was asked for")
	s.Clear()
	require.False(t, s.Any())
}

func TestStrikesOnCallsAreTold(t *testing.T) {
	t.Parallel()
	s := newSet()
	for _, do := range []fault.Do{{Code: "6260"}, {Status: 503}, {Latency: "2s"}, {Close: "before"}, {Close: "after"}} {
		add(t, s, fault.Fault{Match: fault.Match{Target: fault.API}, Do: do, Times: 1})
	}
	s.Coded(call)
	for range 4 {
		s.Call(call)
	}
	told := make([]string, 0, 5)
	for _, k := range s.Strikes("123456", "order-0001") {
		told = append(told, k.Text())
	}
	const what = " POST /epayment/v1/payments/order-0001/capture."
	require.Equal(t, []string{
		"The fault f1 had the error 6260 answer" + what,
		"The fault f2 answered 503 to" + what,
		"The fault f3 held up for 2s the call" + what,
		"The fault f4 cut the connection before the work was done for" + what,
		"The fault f5 cut the connection after the work was done for" + what,
	}, told)
}

func TestWhatCannotBeDoneToACallIsRefusedByName(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		`{"drop":true}`:                     "do.drop",
		`{"close":"sometimes"}`:             "do.close",
		`{"latency":"soon"}`:                "do.latency",
		`{"latency":"-1s"}`:                 "do.latency",
		`{"latency":"1h"}`:                  "do.latency",
		`{"delay":"later"}`:                 "do.delay",
		`{"delay":"0s"}`:                    "do.delay",
		`{"delay":"1441h"}`:                 "do.delay",
		`{"status":99}`:                     "do.status",
		`{"body":{}}`:                       "do",
		`{"code":"6260","body":{}}`:         "do.body",
		`{"code":"6260","status":500}`:      "do",
		`{"latency":"1s","close":"before"}`: "do",
		`{}`:                                "do",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			var d fault.Do
			require.NoError(t, json.Unmarshal([]byte(body), &d))
			_, err := newSet().Add(fault.Fault{Match: fault.Match{Target: fault.API}, Do: d})
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, field, wrong.Field)
		})
	}
}
