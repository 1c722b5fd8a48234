package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
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
}

// newWorld builds a world of its rooms, does what fell due while it was down,
// and lets its time run.
func (s *Server) newWorld(ctx context.Context, name string) (*World, error) {
	w := &World{name: name, server: s, ids: ident.New(), bell: new(control.Bell)}
	w.news = control.NewNews(w.bell)
	if s.options.Seed != "" {
		w.ids = ident.Seeded(s.options.Seed + "/" + name)
	}
	w.loops, w.endLoops = context.WithCancel(context.WithoutCancel(ctx))
	w.work, w.endWork = context.WithCancel(context.WithoutCancel(ctx))
	if err := w.furnish(ctx); err != nil {
		w.endLoops()
		w.endWork()
		return nil, err
	}
	if err := w.timer.Settle(w.work); err != nil {
		return nil, errors.Join(err, w.stop(ctx))
	}
	w.running.Go(func() { w.report("timer", w.timer.Run(w.loops, w.work)) })
	w.running.Go(func() { w.report("phones", w.phones.Run(w.loops)) })
	return w, nil
}

// furnish builds the rooms, from the store up.
func (w *World) furnish(ctx context.Context) error {
	o := w.server.options
	plan := webhook.NewPlan(w.ids).Within(w.covers)
	kept, err := w.server.engine.world(ctx, w.name, plan)
	if err != nil {
		return err
	}
	w.store = telling{kept, w.news}
	if w.directory, err = directory.New(ctx, w.store); err != nil {
		return err
	}
	if err := w.directory.Begin(ctx, w.server.begun.settings); err != nil {
		return err
	}
	now, err := openClock(ctx, w.store, o.ClockSpeed)
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
	w.directory.OnPhoneChange(w.news.Phone)
	w.service = &payment.Service{
		Store: w.store, IDs: w.ids, Now: now.Now, Committed: w.committed, Log: o.Log,
		Windows: func() payment.Windows { return w.directory.Settings().Windows() },
		Revoked: func(msn, phone string) time.Time {
			owner, _ := w.directory.Phone(phone)
			return owner.Revoked[msn]
		},
		FollowUps: func(p payment.Payment, e payment.Event) []payment.Due { return w.phones.FollowUps(p, e) },
	}
	w.sender = w.server.shared.sender(w)
	w.express = w.server.shared.express(w)
	w.sinks = sink.New(w.store, now.Now)
	w.gateway = w.newGateway()
	if err := w.openTokens(ctx); err != nil {
		return err
	}
	w.orders = w.newOrders()
	if err = w.furnishCodes(ctx); err != nil {
		return err
	}
	w.phones = w.newPhones()
	w.handleDue()
	w.doors.world = w
	return w.begin(ctx)
}

// handleDue says who does which due rows.
func (w *World) handleDue() {
	core := timer.Handler{Do: w.service.Fire, Removes: true, Span: w.expirySpan}
	w.timer.Handle(payment.DueWindow, core)
	w.timer.Handle(payment.DueRelease, core)
	w.timer.Handle(webhook.DueDelivery, timer.Handler{Do: each(w.sender.Try), Aside: true, Next: w.sender.NextTry})
	w.timer.Handle(webhook.DueRemoval, timer.Handler{Do: each(w.sender.Remove)})
	w.timer.Handle(qr.DueCode, timer.Handler{Do: each(w.shelf.End)})
	w.timer.Handle(qr.DueTicket, timer.Handler{Do: each(w.counter.Forget)})
	w.timer.Handle(phoneapp.DuePush, timer.Handler{Do: each(w.phones.Push)})
	w.timer.Handle(phoneapp.DueReminder, timer.Handler{Do: each(w.phones.Remind)})
	w.timer.Handle(phoneapp.DueAutopilot, timer.Handler{Do: each(w.phones.Autopilot)})
}

// expirySpan is how far apart the deadlines of windows may lie that end in one
// transaction, each at its own time. Where somebody is to hear of them by
// webhook it is nothing: what a receiver does about the first may change what
// becomes of the next.
func (w *World) expirySpan(ctx context.Context) time.Duration {
	all, err := w.store.Registrations(ctx, "*")
	if err != nil || len(all) > 0 {
		return 0
	}
	return time.Second
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

// Clock is the world's simulated time.
func (w *World) Clock() *clock.Clock { return w.clock.Clock }

// Advance moves the world's clock on, as the control API does.
func (w *World) Advance(ctx context.Context, d time.Duration) error { return w.clock.Advance(ctx, d) }

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
	defer w.phones.Reset()
	if err := w.resetCodes(ctx, msn); err != nil {
		return err
	}
	w.faults.Reset(msn)
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
