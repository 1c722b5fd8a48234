// Package phoneapp pushes to simulated phones and takes their answers over
// one socket (simulator contract, sections 4 and 6).
//
// A phone's inbox is a question to the store, not a queue: a phone that was
// away finds what waits for it. The log says when there is something new, and
// every message carries all there is to know of a request, so none of them
// has to be kept for a socket that is slow or gone.
package phoneapp
