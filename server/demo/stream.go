package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// stream sends what a page shows, whole, whenever it may have changed.
func (h *house) stream(w http.ResponseWriter, r *http.Request, view func() map[string]any) {
	shop, err := h.open(r.Context())
	if shop == nil {
		http.Error(w, "The demo cannot be opened.", http.StatusInternalServerError)
		h.room.Log.ErrorContext(r.Context(), "demo", "err", err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for {
		told, moved := h.tail.changed(), h.room.Clock.Changed()
		now := view()
		now["clock"] = h.room.Clock.Read()
		body, err := json.Marshal(now)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", body); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-told:
		case <-moved:
		case <-h.room.ctx.Done():
			return
		case <-r.Context().Done():
			return
		}
	}
}
