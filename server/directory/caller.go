package directory

import "context"

// Caller is who makes an API call, as the gateway found out.
type Caller struct {
	Client Client
	// Unit is the sales unit spoken for; its MSN is "" where a partner's call
	// concerns all its units.
	Unit Unit
}

type callerKey struct{}

// WithCaller notes the caller of a request.
func WithCaller(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom gives the caller that the gateway noted; nil when the request
// did not pass it.
func CallerFrom(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}
