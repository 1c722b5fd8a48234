package stripe

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// serveKeyed answers a request that must not take effect twice.
func (r *Room) serveKeyed(w http.ResponseWriter, q *http.Request, c *caller) {
	w.Header().Set("Idempotency-Key", c.key)
	w.Header().Set("Original-Request", c.request)
	if len(c.key) > 255 {
		r.refuse(w, invalid("", "An idempotency key has at most 255 characters."), q)
		return
	}
	busy := c.account.ID + " " + c.key
	if !r.occupy(busy) {
		e := refuse(http.StatusConflict, "idempotency_key_in_use", "", "A request with this idempotency key is still being answered.")
		e.Type = "idempotency_error"
		r.refuse(w, e, q)
		return
	}
	defer r.free(busy)
	sum := sha256.Sum256([]byte(q.Method + " " + q.URL.Path + "\n" + c.form.canonical()))
	c.print = hex.EncodeToString(sum[:])
	if kept, found := r.replay(c); found {
		if kept.Print != c.print {
			e := refuse(http.StatusBadRequest, "", "", "The idempotency key was already used for a request with another path or other parameters.")
			e.Type = "idempotency_error"
			r.refuse(w, e, q)
			return
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.Header().Set("Original-Request", kept.Request)
		r.send(w, reply{kept.Status, kept.Body})
		return
	}
	r.send(w, r.answer(q, c))
}

func (r *Room) occupy(key string) bool {
	r.busyMu.Lock()
	defer r.busyMu.Unlock()
	taken := r.busy[key]
	r.busy[key] = true
	return !taken
}

func (r *Room) free(key string) {
	r.busyMu.Lock()
	defer r.busyMu.Unlock()
	delete(r.busy, key)
}

// keysLast is how long, in simulated time, an idempotency key is remembered.
const keysLast = 24 * time.Hour

func answerID(account, key string) string { return "answer " + account + " " + key }

func (r *Room) replay(c *caller) (*answered, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, found := r.rows[answerID(c.account.ID, c.key)].(*answered)
	return kept, found && r.Clock.Now().Sub(time.Unix(kept.Created, 0)) < keysLast
}

// remember keeps an answer for replays.
func (w *work) remember(from *caller, out reply) {
	a := &answered{made: made{ID: answerID(from.account.ID, from.key), Account: from.account.ID, Created: w.now.Unix()}, Print: from.print, Status: out.status, Body: out.body, Request: from.request}
	if old, known := w.rows[a.ID].(*answered); known { // its time was over
		a.Number = old.Number
		w.dirty[a.ID] = a
		return
	}
	w.add(a)
	w.forgetKeys()
}

// forgetKeys drops the oldest answers that nobody can be given any more.
func (w *work) forgetKeys() {
	for _, id := range w.lists["answer"] {
		old := w.rows[id].(*answered)
		if w.now.Sub(time.Unix(old.Created, 0)) < keysLast {
			return
		}
		w.remove(old)
	}
}
