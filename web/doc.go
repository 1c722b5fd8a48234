// Package web embeds the files that browsers get and renders the pages people
// see: templates, styles, scripts, the texts in five languages, and the one
// set of formats for amounts, numbers and times.
//
// It knows nothing of payments. Doors give it a page's name and data; it adds
// the frame, the address of every file, and the headers that keep a page shut
// in: a strict content policy with a nonce of its own for each answer.
package web
