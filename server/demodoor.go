package server

import (
	"net/http"

	"github.com/gorilla/mux"

	"liksom/server/demo"
	"liksom/server/gateway"
)

// demoDoor opens the demos. Their merchants call this simulator over its
// public URL as any merchant would, and live until the world stops.
func (w *World) demoDoor() http.Handler {
	way := http.DefaultTransport.(*http.Transport).Clone()
	way.Proxy = nil
	if w.server.options.Dial != nil {
		way.DialContext = w.server.options.Dial
	}
	room := demo.New(demo.Deps{
		Site: w.site(), Base: w.URL, HTTP: &http.Client{Transport: way}, Clock: w.clock.Clock, Draw: drawn, Log: w.server.options.Log,
	})
	w.running.Go(func() {
		<-w.loops.Done()
		room.Close()
		way.CloseIdleConnections()
	})
	routes := mux.NewRouter()
	routes.NotFoundHandler = http.HandlerFunc(gateway.NotFound)
	room.Register(routes)
	return ownPagesOnly(routes)
}
