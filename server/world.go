package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"liksom/phoneapp"
	"liksom/qr"
	"liksom/server/clock"
	"liksom/server/control"
	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/fault"
	"liksom/server/feed"
	"liksom/server/gateway"
	"liksom/server/ident"
	"liksom/server/orders"
	"liksom/server/payment"
	"liksom/server/sink"
	"liksom/server/store"
	"liksom/server/stripe"
	"liksom/server/timer"
	"liksom/server/webhook"
)

// drainFor is how long a stopping world waits for webhook tries under way, in
// real time.
const drainFor = 3 * time.Second

// World is one whole simulator: its own clock, payments, phones, webhooks,
// faults and ids. Worlds share a port and a store's file, and never meet.
type World struct {
	name      string
	server    *Server
	ids       *ident.Source
	store     store.Store
	clock     *worldClock
	service   *payment.Service
	feed      *feed.Feed
	timer     *timer.Timer
	directory *directory.Directory
	sender    *webhook.Sender
	faults    *fault.Set
	express   *express.Desk
	phones    *phoneapp.Hub
	sinks     *sink.Room
	gateway   *gateway.Gateway
	shelf     *qr.Shelf
	counter   *qr.Counter
	orders    *orders.API
	stripe    *stripe.Room
	// bell is rung when something changed that the log does not tell.
	bell *control.Bell
	// news are what happens and stands in no log.
	news  *control.News
	doors doors

	// loops ends when the world takes no more work, work when it may not
	// finish any more what it has begun.
	loops, work       context.Context
	endLoops, endWork context.CancelFunc
	running           sync.WaitGroup

	// visitors counts the requests under way, touched is when the last one
	// ended, in nanoseconds of real time since 1970.
	visitors atomic.Int64
	touched  atomic.Int64
	left     chan struct{} // rung when a request has ended

	// next is the world that took this one's place, if one did.
	next atomic.Pointer[World]
}

// newRooms is a world without its rooms; [World.furnish] builds them and
// [World.start] lets its time run. [World.stop] must be called in any case.
func newRooms(s *Server, name string) *World {
	w := &World{name: name, server: s, bell: new(control.Bell), left: make(chan struct{}, 1)}
	w.touch()
	w.news = control.NewNews(w.bell)
	w.loops, w.endLoops = context.WithCancel(context.Background())
	w.work, w.endWork = context.WithCancel(context.Background())
	return w
}

// newWorld builds a world of its rooms, does what fell due while it was down,
// and lets its time run.
func (s *Server) newWorld(ctx context.Context, p WorldPlan) (*World, error) {
	w := newRooms(s, p.Name)
	err := w.furnish(ctx, p, func(plan webhook.Plan) (store.Store, error) { return s.engine.world(ctx, p.Name, plan) })
	if err != nil {
		w.endLoops()
		w.endWork()
		return nil, err
	}
	if err := w.start(); err != nil {
		return nil, errors.Join(err, w.stop(ctx))
	}
	return w, nil
}

// start does what is due already and lets the world's time run.
func (w *World) start() error {
	if err := w.timer.Settle(w.work); err != nil {
		return err
	}
	w.running.Go(func() { w.report("timer", w.timer.Run(w.loops, w.work)) })
	w.running.Go(func() { w.report("phones", w.phones.Run(w.loops)) })
	return nil
}

// furnish builds the rooms over the store that open gives, from there up.
func (w *World) furnish(ctx context.Context, p WorldPlan, open func(webhook.Plan) (store.Store, error)) error {
	o := w.server.options
	var deliveries webhook.Plan // made once the store has told what ids are drawn from
	kept, err := open(func(p payment.Payment, e payment.Event, to []webhook.Registration) []webhook.Delivery {
		return deliveries(p, e, to)
	})
	if err != nil {
		return err
	}
	if w.ids, err = w.openIDs(ctx, kept, p.Seed); err != nil {
		return err
	}
	deliveries = w.alsoStripe(webhook.NewPlan(w.ids).Within(w.covers))
	w.store = telling{kept, w.news, w.tried}
	if w.directory, err = directory.New(ctx, w.store); err != nil {
		return err
	}
	if err := w.directory.Begin(ctx, w.server.begun.settings); err != nil {
		return err
	}
	now, err := openClock(ctx, w.store, p.Clock, o.ClockSpeed)
	if err != nil {
		return err
	}
	head, err := w.store.Head(ctx)
	if err != nil {
		return err
	}
	w.feed = feed.New(w.store, head)
	w.timer = timer.New(w.store, now, o.Log)
	w.clock = &worldClock{Clock: now, timer: w.timer, docs: w.store, work: w.work, moving: make(chan struct{}, 1)}
	w.faults = fault.New(w.ids.Rand(), now.Now)
	w.faults.Struck = w.news.Struck
	if err := w.openFaults(ctx); err != nil {
		return err
	}
	w.directory.OnPhoneChange(w.news.Phone)
	w.service = &payment.Service{
		Store: w.store, IDs: w.ids, Now: now.Now, Committed: w.committed, Log: o.Log,
		Windows: func() payment.Windows { return w.directory.Settings().Windows() },
		Revoked: func(msn, phone string) time.Time {
			owner, _ := w.directory.Phone(phone)
			return owner.Revoked[msn]
		},
		FollowUps: func(p payment.Payment, e payment.Event) []payment.Due {
			return append(append(w.phones.FollowUps(p, e), w.sender.FollowUps(p, e)...), stripe.FollowUps(p, e)...)
		},
	}
	w.sender = w.server.shared.sender(w)
	w.express = w.server.shared.express(w)
	w.sinks = sink.New(w.store, now.Now)
	w.sinks.Others = w.fromStripe
	w.gateway = w.newGateway()
	if err := w.openTokens(ctx); err != nil {
		return err
	}
	w.orders = w.newOrders()
	if err = w.furnishCodes(ctx); err != nil {
		return err
	}
	if err = w.openStripe(ctx); err != nil {
		return err
	}
	w.phones = w.newPhones()
	w.handleDue()
	w.doors.world = w
	if p.whole {
		return nil
	}
	return w.begin(ctx)
}

// handleDue says who does which due rows.
func (w *World) handleDue() {
	core := timer.Handler{Do: w.service.Fire, Removes: true, Span: w.endSpan}
	w.timer.Handle(payment.DueWindow, core)
	w.timer.Handle(payment.DueRelease, core)
	w.timer.Handle(webhook.DueDelivery, timer.Handler{Do: each(w.sender.Try), Aside: true, Next: w.sender.NextTry})
	w.timer.Handle(webhook.DueRemoval, timer.Handler{Do: each(w.sender.Remove)})
	w.timer.Handle(stripe.DueSettle, timer.Handler{Do: each(w.stripe.Settle)})
	w.timer.Handle(qr.DueCode, timer.Handler{Do: each(w.shelf.End)})
	w.timer.Handle(qr.DueTicket, timer.Handler{Do: each(w.counter.Forget)})
	w.timer.Handle(phoneapp.DuePush, timer.Handler{Do: each(w.phones.Push)})
	w.timer.Handle(phoneapp.DueLatePush, timer.Handler{Do: each(w.phones.LatePush)})
	w.timer.Handle(phoneapp.DueReminder, timer.Handler{Do: each(w.phones.Remind)})
	w.timer.Handle(phoneapp.DueAutopilot, timer.Handler{Do: each(w.phones.Autopilot)})
}

// each does rows one after another.
func each(do func(context.Context, payment.Due) error) func(context.Context, []payment.Due) error {
	return func(ctx context.Context, rows []payment.Due) error {
		for _, row := range rows {
			if err := do(ctx, row); err != nil {
				return err
			}
		}
		return nil
	}
}

// committed rings the bell after a commit.
func (w *World) committed(c payment.Committed) {
	if c.Seq > 0 {
		w.feed.Publish(c.Seq)
	}
	w.timer.Alarm(c.Earliest)
	w.bell.Ring()
}

// covers tells whether an API client speaks for a sales unit.
func (w *World) covers(client, msn string) bool {
	c, ok := w.directory.Client(client)
	return ok && c.Covers(msn)
}

func (w *World) report(what string, err error) {
	if err != nil {
		w.server.options.Log.Error(what+" stopped", "world", w.name, "error", err)
	}
}

// latest is the world that stands in this one's place by now.
func (w *World) latest() *World {
	for next := w.next.Load(); next != nil; next = w.next.Load() {
		w = next
	}
	return w
}

// Clock is the world's simulated time. A snapshot that is put in the world's
// place brings another.
func (w *World) Clock() *clock.Clock { return w.latest().clock.Clock }

// Advance moves the world's clock on, as the control API does.
func (w *World) Advance(ctx context.Context, d time.Duration) error {
	return w.latest().clock.Advance(ctx, d)
}

// URL is the address that everything in the world begins with.
func (w *World) URL() string {
	if w.name == "" {
		return w.server.PublicURL()
	}
	return w.server.PublicURL() + "/w/" + w.name
}

// reset goes back to the ready-made data, or only removes what a sales unit
// did.
func (w *World) reset(ctx context.Context, msn string) error {
	if err := w.store.Wipe(ctx, msn); err != nil {
		return err
	}
	if err := w.orders.Reset(ctx, msn); err != nil {
		return err
	}
	defer w.phones.Reset(msn)
	if err := w.stripe.Reset(ctx, msn); err != nil {
		return err
	}
	if err := w.resetCodes(ctx, msn); err != nil {
		return err
	}
	if err := w.resetFaults(ctx, msn); err != nil {
		return err
	}
	if err := (departed{w.store}).reset(ctx, msn); err != nil {
		return err
	}
	if msn != "" {
		return nil
	}
	w.sinks.Reset()
	w.gateway.Forget()
	if err := w.directory.Reset(ctx); err != nil {
		return err
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	return w.clock.reset(ctx)
}

// quiesce ends what would hold up a stop: streams and waiting lists.
func (w *World) quiesce() { w.endLoops() }

// stop waits for what is under way, for a while, and lets go of everything.
func (w *World) stop(ctx context.Context) error {
	w.endLoops()
	bounded, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	defer context.AfterFunc(bounded, w.endWork)()
	w.running.Wait()
	w.endWork()
	w.sender.Close()
	return nil
}

// door gives the handler for the first part of a path.
func (w *World) door(part string) http.Handler { return w.doors.find(part) }
