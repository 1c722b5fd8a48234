package scenarios

type advanceStep struct {
	// How far, such as 5m or 7d.
	By span `json:"by,omitempty" scenario:"short"`
	// A time to jump to, such as 2030-01-31T12:00:00Z, in place of by.
	To string `json:"to,omitempty"`
}

type speedStep struct {
	// Simulated seconds per real one, up to 100000.
	Of float64 `json:"of" scenario:"short"`
}

type sinkStep struct {
	// The receiver's name.
	Name string `json:"name" scenario:"short"`
	// What it answers, 200 when left out.
	Status int `json:"status,omitempty"`
	// How long it takes to answer, in real time.
	Delay span `json:"delay,omitempty"`
	// How many requests it answers with 500 first.
	FailFirst int `json:"fail-first,omitempty"`
}

type resendStep struct {
	// The delivery's id.
	ID string `json:"id" scenario:"short"`
}
