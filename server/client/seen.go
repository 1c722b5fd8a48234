package client

import (
	"net/http"
	"time"
)

// Deadline is something that will happen of itself.
type Deadline struct {
	At             time.Time `json:"at"`
	Kind           string    `json:"kind"`
	Text           string    `json:"text"`
	MSN            string    `json:"msn"`
	Reference      string    `json:"reference"`
	Phone          string    `json:"phone"`
	Window         string    `json:"window"`
	DeliveryID     string    `json:"deliveryId"`
	RegistrationID string    `json:"registrationId"`
	Code           string    `json:"code"`
}

// DeadlinePage is what is due next, and where to go on.
type DeadlinePage struct {
	Now       time.Time  `json:"now"`
	Deadlines []Deadline `json:"deadlines"`
	Cursor    string     `json:"cursor"`
}

// Call is one call of an imitated API, with secrets masked.
type Call struct {
	N         int64        `json:"n"`
	At        time.Time    `json:"at"`
	Real      time.Time    `json:"real"`
	TookMs    float64      `json:"tookMs"`
	API       string       `json:"api"`
	Operation string       `json:"operation"`
	Method    string       `json:"method"`
	Path      string       `json:"path"`
	Query     string       `json:"query"`
	MSN       string       `json:"msn"`
	Reference string       `json:"reference"`
	Status    int          `json:"status"`
	Notes     []string     `json:"notes"`
	Request   CallMessage  `json:"request"`
	Response  *CallMessage `json:"response"`
}

// CallMessage is what went over the line in one direction. Cut tells that
// only the beginning of the body was kept.
type CallMessage struct {
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	Cut    bool        `json:"cut"`
}

// CallPage is a page of API calls, newest first, and where to go on.
type CallPage struct {
	Requests []Call `json:"requests"`
	Cursor   string `json:"cursor"`
}

// Registration is an address that wants to hear of events. The secret is
// masked unless asked for.
type Registration struct {
	ID           string    `json:"id"`
	MSN          string    `json:"msn"`
	ClientID     string    `json:"clientId"`
	URL          string    `json:"url"`
	Events       []string  `json:"events"`
	Secret       string    `json:"secret"`
	CreatedAt    time.Time `json:"createdAt"`
	Paused       bool      `json:"paused"`
	FailingSince time.Time `json:"failingSince"`
	RemovalAt    time.Time `json:"removalAt"`
}
