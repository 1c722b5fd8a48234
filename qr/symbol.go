package qr

import (
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// symbol is the square of modules that says a text; true is dark. There is
// no quiet zone around it.
type symbol [][]bool

// newSymbol encodes a text with the highest error correction, which makes up
// for the mark in the middle. This is the only use of the encoder.
func newSymbol(content string) (symbol, error) {
	q, err := qrcode.New(content, qrcode.Highest)
	if err != nil {
		return nil, fmt.Errorf("draw a code of %d bytes: %w", len(content), err)
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}
