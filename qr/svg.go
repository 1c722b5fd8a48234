package qr

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// Disclaimer stands in every picture.
const Disclaimer = "test, not a real payment"

// svg writes the picture without a fixed size: whoever embeds it decides.
func (d *drawing) svg(content string, quiet float64) []byte {
	b := make([]byte, 0, 8<<10)
	side := float64(d.n) + 2*quiet
	b = append(b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 `...)
	b = append(append(append(number(b, side), ' '), number(nil, side)...), `"><title>`...)
	b = append(append(b, escaped(content)...), " ("+Disclaimer+")</title><rect width=\""...)
	b = append(append(append(number(b, side), `" height="`...), number(nil, side)...), `" rx="`...)
	b = append(number(b, plateCorner(side, quiet)), `" fill="#FFFFFF"/><g transform="translate(`...)
	b = append(append(append(number(b, quiet), ' '), number(nil, quiet)...), `)">`...)
	b = append(b, `<path shape-rendering="crispEdges" d="`...)
	for row := range d.n {
		d.runs(row, func(from, to int) {
			b = move(b, float64(from), float64(row))
			b = append(strconv.AppendInt(append(b, 'h'), int64(to-from), 10), "v1H"...)
			b = append(strconv.AppendInt(b, int64(from), 10), 'z')
		})
	}
	b = append(b, `"/><path fill-rule="evenodd" d="`...)
	for _, f := range d.finders {
		b = f.path(b)
	}
	b = append(b, `"/><path fill="`+amberHex+`" d="`...)
	b = append(d.mark.path(b), `"/><path fill="none" stroke="#000000" stroke-linecap="square" stroke-width="`...)
	b = append(number(b, d.tick[0].width), `" d="`...)
	for _, s := range d.tick {
		b = move(b, s.x1, s.y1)
		b = number(append(number(append(b, 'L'), s.x2), ' '), s.y2)
	}
	return append(b, `"/></g></svg>`...)
}

// path appends the outline of a rectangle, clockwise from its top.
func (b rect) path(to []byte) []byte {
	right, bottom := b.x+b.w, b.y+b.h
	to = move(to, b.x+b.r[0], b.y)
	to = number(append(to, 'H'), right-b.r[1])
	to = arc(to, b.r[1], right, b.y+b.r[1])
	to = number(append(to, 'V'), bottom-b.r[2])
	to = arc(to, b.r[2], right-b.r[2], bottom)
	to = number(append(to, 'H'), b.x+b.r[3])
	to = arc(to, b.r[3], b.x, bottom-b.r[3])
	to = number(append(to, 'V'), b.y+b.r[0])
	to = arc(to, b.r[0], b.x+b.r[0], b.y)
	return append(to, 'z')
}

func move(b []byte, x, y float64) []byte {
	return number(append(number(append(b, 'M'), x), ' '), y)
}

func arc(b []byte, radius, x, y float64) []byte {
	if radius == 0 {
		return b
	}
	b = append(number(append(b, 'A'), radius), ' ')
	b = append(number(b, radius), " 0 0 1 "...)
	return number(append(number(b, x), ' '), y)
}

func number(b []byte, f float64) []byte {
	s := strconv.FormatFloat(f, 'f', 3, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return append(b, s...)
}

func escaped(s string) []byte {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.Bytes()
}
