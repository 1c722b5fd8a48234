package payment

// Guarded is a command with a condition of the caller's own. It is asked once
// the idempotency key has been looked up, before anything else, so that its
// refusal is kept for the key like any other and a replay does not ask.
type Guarded struct {
	Command
	// Check may be asked more than once and must say the same each time.
	Check func() error
}

func (g Guarded) decide(d *draft) error {
	if err := g.Check(); err != nil {
		d.checkFailed = true
		return err
	}
	return g.Command.decide(d)
}
