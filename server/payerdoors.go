package server

import (
	"net/http"

	"liksom/server/gateway"
	"liksom/server/orders"
	"liksom/server/userinfo"
)

// userinfoDoor serves what payers shared. A subscription key may be left out
// there (userinfo contract, section 5).
func (w *World) userinfoDoor() http.Handler {
	api := userinfo.New(userinfo.Options{
		Payments: w.store, Payers: w.directory, Now: w.clock.Now, Log: w.server.options.Log,
	})
	front := gateway.API{Name: "userinfo", Prefix: "/vipps-userinfo-api", KeyOptional: true, Refuse: userinfo.Refuse}
	return w.gateway.WrapRouter(front, api.Routes())
}

func (w *World) newOrders() *orders.API {
	return orders.New(orders.Options{
		Documents: w.store, Payments: w.service, IDs: w.ids, Log: w.server.options.Log,
		StrictBodies: func() bool { return w.directory.Settings().StrictBodies },
	})
}

func (w *World) ordersDoor() http.Handler {
	// System headers may be longer here (userinfo contract, part 2).
	front := gateway.API{
		Name: "order-management", Prefix: "/order-management", MaxBody: orders.MaxBody, SystemHeader: 100, Refuse: orders.Refuse,
	}
	return w.gateway.WrapRouter(front, w.orders.Routes())
}
