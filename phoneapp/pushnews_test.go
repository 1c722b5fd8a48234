package phoneapp_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
)

func TestWhatBecomesOfAPushIsTold(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults phoneapp.Faults
		phone  func(*directory.Phone)
		then   func(*world)
		want   []phoneapp.PushState
	}{
		{name: "it is sent", want: []phoneapp.PushState{phoneapp.PushSent}},
		{name: "a fault takes it", faults: losing(func(string) bool { return true }), want: []phoneapp.PushState{phoneapp.PushDropped}},
		{name: "a fault brings it later", faults: late(30 * time.Second), then: func(*world) { time.Sleep(time.Minute) },
			want: []phoneapp.PushState{phoneapp.PushHeld, phoneapp.PushSent}},
		{name: "the phone shows none", phone: func(p *directory.Phone) { p.PushOn = false }, want: []phoneapp.PushState{phoneapp.PushDropped}},
		{name: "the phone is offline, and comes back", phone: func(p *directory.Phone) { p.Online = false },
			then: func(w *world) { w.set(kari, func(p *directory.Phone) { p.Online = true }) },
			want: []phoneapp.PushState{phoneapp.PushHeld, phoneapp.PushSent}},
		{name: "the phone is slow", phone: func(p *directory.Phone) { p.Latency = directory.Duration(3 * time.Second) },
			then: func(*world) { time.Sleep(5 * time.Second) }, want: []phoneapp.PushState{phoneapp.PushSent}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				told := make(chan phoneapp.PushNews, 10)
				w := newWorld(t, func(conf *phoneapp.Config) {
					conf.Faults, conf.Pushed = c.faults, func(n phoneapp.PushNews) { told <- n }
				})
				if c.phone != nil {
					w.set(kari, c.phone)
				}
				w.show(kari)
				p := w.ask("a", kari)
				synctest.Wait()
				if c.then != nil {
					c.then(w)
					synctest.Wait()
				}
				var states []phoneapp.PushState
				for len(told) > 0 {
					n := <-told
					require.Equal(t, p.ID, n.Payment)
					require.Equal(t, kari, n.Phone)
					states = append(states, n.State)
				}
				require.Equal(t, c.want, states)
			})
		})
	}
}
