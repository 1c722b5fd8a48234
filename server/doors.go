package server

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"liksom/scenarios/gallery"
	"liksom/server/control"
	"liksom/server/epayment"
	"liksom/server/gateway"
	"liksom/server/landing"
	"liksom/server/openapi"
	"liksom/server/pages"
	"liksom/server/problem"
	"liksom/server/webhook/api"
	"liksom/web"
)

// doors are a world's handlers by the first part of the path. Each is built
// when first knocked on: a test that only pays never compiles the routes of
// the rest.
type doors struct {
	world *World

	tokens, epayment, webhooks, userinfo, orders, codes, landing, control, pages, demo, stripe, stripePages door
}

// door is a handler built once.
type door struct {
	once    sync.Once
	handler http.Handler
}

func (d *door) open(build func() http.Handler) http.Handler {
	d.once.Do(func() { d.handler = build() })
	return d.handler
}

// find gives the handler that the first part of a path belongs to.
func (d *doors) find(part string) http.Handler {
	w := d.world
	switch part {
	case "epayment":
		return d.epayment.open(w.epaymentDoor)
	case "webhooks":
		return d.webhooks.open(w.webhooksDoor)
	case "vipps-userinfo-api":
		return d.userinfo.open(w.userinfoDoor)
	case "order-management":
		return d.orders.open(w.ordersDoor)
	case "miami":
		return d.tokens.open(w.gateway.TokenRoutes)
	case "qr", "qr-image":
		return d.codes.open(w.codesDoor)
	case "landing":
		return d.landing.open(w.landingDoor)
	case "sim", "healthz", "readyz":
		return d.control.open(w.controlDoor)
	case "v1":
		return d.stripe.open(w.stripeDoor)
	case "stripe":
		return d.stripePages.open(w.stripePagesDoor)
	case "v3", "stripe.js", "acacia", "basil", "clover", "dahlia", "endive":
		return http.HandlerFunc(w.stripe.NoScript)
	case "metrics":
		return w.metricsDoor()
	case "sink":
		return w.sinkDoor()
	case "openapi", "docs":
		return w.readingDoor()
	case "demo":
		return d.demo.open(w.demoDoor)
	case "", "phone", "console":
		return d.pages.open(w.pagesDoor)
	case "assets":
		return reading(w.server.shared.site.ServeAsset)
	case "favicon.ico", "favicon.svg":
		return reading(w.server.shared.site.ServeFavicon)
	}
	if strings.EqualFold(part, "accesstoken") {
		return d.tokens.open(w.gateway.TokenRoutes)
	}
	return http.HandlerFunc(w.noDoor)
}

// noDoor answers who found nothing: a page for a person, a problem document
// for a program.
func (w *World) noDoor(rw http.ResponseWriter, r *http.Request) {
	if web.WantsPage(r) {
		w.site().NotHere(rw, r, "")
		return
	}
	gateway.NotFound(rw, r)
}

func (w *World) newGateway() *gateway.Gateway {
	log := gateway.NewLog(gateway.DefaultCalls)
	log.Told = w.bell.Ring
	return &gateway.Gateway{
		Directory: w.directory, Tokens: gateway.NewIssuer(w.ids), Log: log,
		Open: w.server.options.Auth == "open", Now: w.clock.Now, IDs: w.ids, Base: w.base, Logger: w.server.options.Log,
		Limited: func() bool { return w.directory.Settings().RateLimit }, Faults: callFaults{w.faults}, Meter: w.meter,
	}
}

func (w *World) epaymentDoor() http.Handler {
	d := &epayment.Door{
		Gateway: w.gateway, Payments: w.service, Directory: w.directory, Links: links{w}, Customers: customers{w.counter},
		Settings: w.directory.Settings, Faults: w.codedFault, SubLate: w.lateSub,
		Logger: w.server.options.Log,
	}
	return d.Handler()
}

func (w *World) webhooksDoor() http.Handler {
	o := &w.server.options
	hooks := api.New(api.Options{
		Store: w.store, IDs: w.ids, Now: w.clock.Now, Log: o.Log,
		StrictURLs: func() bool { return w.directory.Settings().StrictURLs }, StrictBodies: func() bool { return w.directory.Settings().StrictBodies },
	})
	// A key is asked for only where one is sent, and a partner's call without
	// a sales unit concerns all of its units (webhooks contract, section 2).
	front := gateway.API{Name: "webhooks", Prefix: "/webhooks", KeyOptional: true, UnitOptional: true}
	return w.gateway.Wrap(front, hooks)
}

func (w *World) landingDoor() http.Handler {
	routes := mux.NewRouter()
	routes.NotFoundHandler = http.HandlerFunc(w.noDoor)
	landing.New(landing.Deps{
		Site: w.site(), Payments: w.service, Store: settled{w.store, w.service}, Feed: w.feed,
		Directory: w.directory, Clock: w.clock, Payer: control.Payer{Payments: w.service, Directory: w.directory, Express: w.express, By: "landing page"}, Picture: links{w}.onLanding,
		Pushes: w.phones, News: w.bell.Wait, Freeze: w.freeze, Log: w.server.options.Log,
	}).Register(routes)
	return w.endingWithWorld(ownFormsOnly(routes))
}

func (w *World) pagesDoor() http.Handler {
	routes := mux.NewRouter()
	routes.NotFoundHandler = http.HandlerFunc(w.noDoor)
	pages.New(pages.Deps{
		Site: w.site(), Directory: w.directory, Payments: w.store, Clock: w.clock, Log: w.server.options.Log,
		Draw: drawn, Personal: w.ownCode, Desk: w.onDesk, Stickers: w.printable,
		LandingStories: landing.Stories(), Activity: w.activity, Shared: w.sharedBy, Revoke: w.revoke,
	}).Register(routes)
	return ownPagesOnly(routes)
}

func (w *World) controlDoor() http.Handler {
	api := w.newControl()
	return w.endingWithWorld(ownPagesOnly(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == openapi.SimPath {
			w.referenceDoor().ServeHTTP(rw, r)
			return
		}
		if number, ok := phoneSocket(r.URL.Path); ok {
			w.phones.ServePhone(rw, r, number)
			return
		}
		api.ServeHTTP(rw, r)
	})))
}

// readingDoor serves what is there to be read.
func (w *World) readingDoor() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == gallery.Path || strings.HasPrefix(r.URL.Path, gallery.Path+"/") {
			gallery.Door{Site: w.site()}.ServeHTTP(rw, r)
			return
		}
		w.referenceDoor().ServeHTTP(rw, r)
	})
}

// referenceDoor serves the descriptions of all APIs.
func (w *World) referenceDoor() http.Handler { return openapi.Door{Site: w.site(), Base: pageBase} }

// phoneSocket reads the number off /sim/v1/phones/{number}/ws.
func phoneSocket(path string) (number string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/sim/v1/phones/")
	if !ok {
		return "", false
	}
	number, tail, _ := strings.Cut(rest, "/")
	return number, tail == "ws" && number != ""
}

// reading lets only those pass who read.
func reading(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			problem.WrongMethod(rw, r, "GET, HEAD")
			return
		}
		next(rw, r)
	})
}

// endingWithWorld ends the requests that wait, streams and lists, when the
// world is about to stop. What changes something is let finish.
func (w *World) endingWithWorld(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			next.ServeHTTP(rw, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(w.loops, cancel)()
		next.ServeHTTP(rw, r.WithContext(ctx))
	})
}

// sinkDoor tells waiting lists of what the sinks got.
func (w *World) sinkDoor() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.sinks.ServeHTTP(rw, r)
		w.bell.Ring()
	})
}

// freeze stops the world's clock, or lets it go on.
func (w *World) freeze(ctx context.Context, frozen bool) error {
	if frozen {
		return w.clock.Freeze(ctx)
	}
	return w.clock.Resume(ctx)
}
