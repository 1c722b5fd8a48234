package sql

import (
	"sync"

	"liksom/server/payment"
)

// tailLength is how many of the newest events are known by heart.
const tailLength = 512

// tail is the end of a world's log. Whoever follows the log is rung at each
// commit and wants what was written just now: asking the engine for it would
// cost a fifth of writing it.
type tail struct {
	mu     sync.Mutex
	events []payment.Event // a ring once it is full: position s is at s modulo its length
	first  payment.Seq     // the oldest of them
	next   payment.Seq     // the position behind the newest; 0 while nothing is known
}

// add takes what was committed, position after position.
func (l *tail) add(events []payment.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != events[0].Seq {
		l.first, l.next = events[0].Seq, events[0].Seq
	}
	if l.events == nil {
		l.events = make([]payment.Event, tailLength)
	}
	for i := range events {
		l.events[l.next%tailLength] = events[i]
		l.next++
	}
	l.first = max(l.first, l.next-tailLength)
}

// after gives up to n events behind a position, all for 0; false when the log
// itself must be asked.
func (l *tail) after(pos payment.Seq, n int) ([]payment.Event, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == 0 || pos+1 < l.first {
		return nil, false
	}
	count := int(max(l.next-pos-1, 0))
	if n > 0 {
		count = min(count, n)
	}
	events := make([]payment.Event, count)
	for i := range events {
		events[i] = l.events[(pos+1+payment.Seq(i))%tailLength]
	}
	return events, true
}

// clear forgets everything: the log was wiped.
func (l *tail) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events, l.first, l.next = nil, 0, 0
}
