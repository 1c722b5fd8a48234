package server

import (
	"liksom/phoneapp"
	"liksom/server/control"
)

// pushed tells the world's streams what became of a push.
func (w *World) pushed(n phoneapp.PushNews) {
	w.news.Pushed(control.Push{
		MSN: n.Payment.MSN, Reference: n.Payment.Reference, Phone: n.Phone,
		State: string(n.State), At: n.At, Until: n.Until, Why: n.Why,
	})
}
