package fault_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/fault"
)

func TestWhatCanBeDoneToWhat(t *testing.T) {
	t.Parallel()
	const api, webhook, push = fault.API, fault.Webhook, fault.Push
	for body, targets := range map[string][]fault.Target{
		`{"latency":"2s"}`:                            {api, webhook},
		`{"status":503}`:                              {api, webhook},
		`{"status":503,"body":{"a":1}}`:               {api},
		`{"code":"6260"}`:                             {api},
		`{"close":"after"}`:                           {api},
		`{"truncate":true}`:                           {api},
		`{"drop":true}`:                               {webhook, push},
		`{"delay":"30s"}`:                             {api, webhook, push},
		`{"duplicate":2}`:                             {webhook},
		`{"duplicate":2,"by":"-10m"}`:                 {webhook},
		`{"reorder":true}`:                            {webhook},
		`{"corrupt":"signature"}`:                     {webhook},
		`{"corrupt":"key","secret":"theirs"}`:         {webhook},
		`{"corrupt":"key","registration":"w1"}`:       {webhook},
		`{"corrupt":"decoded"}`:                       {webhook},
		`{"corrupt":"host","host":"shop.internal:1"}`: {webhook},
		`{"corrupt":"date","by":"-301s"}`:             {webhook},
		`{"corrupt":"reserialise","resign":true}`:     {webhook},
		`{"stripHeader":"Authorization"}`:             {webhook},
		`{"success":false}`:                           {webhook},
		`{"from":"127.0.0.2"}`:                        {webhook},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			var d fault.Do
			require.NoError(t, json.Unmarshal([]byte(body), &d))
			written, err := json.Marshal(d)
			require.NoError(t, err)
			require.JSONEq(t, body, string(written))
			for _, target := range []fault.Target{api, webhook, push} {
				_, err := newSet().Add(fault.Fault{Match: fault.Match{Target: target}, Do: d})
				require.Equal(t, slices.Contains(targets, target), err == nil, "%s: %v", target, err)
			}
		})
	}
}

func TestWhatCannotBeDoneToAWebhookIsRefusedByName(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		`{"duplicate":1}`:                                   "do.duplicate",
		`{"duplicate":2,"host":"a"}`:                        "do.host",
		`{"delay":"0s"}`:                                    "do.delay",
		`{"delay":"2000h"}`:                                 "do.delay",
		`{"success":true}`:                                  "do.success",
		`{"stripHeader":"Host"}`:                            "do.stripHeader",
		`{"stripHeader":"a b"}`:                             "do.stripHeader",
		`{"from":"10.0.0.1"}`:                               "do.from",
		`{"corrupt":"everything"}`:                          "do.corrupt",
		`{"corrupt":"date","by":"yesterday"}`:               "do.by",
		`{"corrupt":"key","by":"1s"}`:                       "do.by",
		`{"corrupt":"body","secret":"s"}`:                   "do.secret",
		`{"corrupt":"key","secret":"s","registration":"w"}`: "do.secret",
		`{"corrupt":"host","host":"http://a/"}`:             "do.host",
		`{"corrupt":"signature","resign":true}`:             "do.resign",
		`{"reorder":true,"drop":true}`:                      "do",
		`{"status":503,"body":{}}`:                          "do.body",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			var d fault.Do
			require.NoError(t, json.Unmarshal([]byte(body), &d))
			_, err := newSet().Add(fault.Fault{Match: anyHook, Do: d})
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, field, wrong.Field)
		})
	}
}

func TestTwoStarsAtTheEndOfAPathMatchAllThatFollows(t *testing.T) {
	t.Parallel()
	for path, meets := range map[string]bool{
		"/**": true, "/epayment/**": true, "/epayment/v1/payments/*/**": true, "/epayment/v1/payments/order-0001/capture/**": true,
		"/qr/**": false, "/epayment/v1/payments/order-0001/capture/more/**": false,
	} {
		s := newSet()
		add(t, s, fault.Fault{Match: fault.Match{Target: fault.API, Path: path}, Do: answer})
		_, met := s.Call(call)
		require.Equal(t, meets, met, path)
	}
}

func TestChanceIsAFaultsOwn(t *testing.T) {
	t.Parallel()
	half := 0.5
	hits := func(others bool) []int {
		s := newSet()
		add(t, s, fault.Fault{ID: "mine", Match: pushes, Do: drop, Probability: &half})
		if others {
			add(t, s, fault.Fault{Match: anyHook, Do: drop, Probability: &half})
		}
		var fired []int
		for i := range 50 {
			if others {
				s.Webhook(captured, "123456", "order-0001", false)
			}
			if _, met := s.Push("123456", "order-0001", "4712345678"); met {
				fired = append(fired, i)
			}
		}
		return fired
	}
	require.Equal(t, hits(false), hits(true), "what others meet in between changes nothing")
}

func TestWhatWasPutOffIsNotPutOffAgain(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{ID: "late", Match: anyHook, Do: fault.Do{Delay: "30s"}})
	add(t, s, fault.Fault{ID: "twice", Match: anyHook, Do: fault.Do{Duplicate: 2}})
	first, _ := s.Webhook(captured, "123456", "order-0001", false)
	require.Equal(t, 30*time.Second, first.Do.PutOff())
	second, _ := s.Webhook(captured, "123456", "order-0001", true)
	require.Equal(t, "twice", second.ID)
}

func TestCountsTellWhatWasStruckAndWhatPassed(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Fault{Match: pushes, Do: drop, Skip: 2, Times: 3})
	fired(s, 10)
	got := s.List()[0]
	require.Equal(t, []int{5, 3, 2}, []int{got.Met, got.Fired, got.Skipped})
}
