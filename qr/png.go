package qr

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"sync"
)

// palette holds the two colours in the order of their numbers.
var palette = []byte{
	0xFF, 0xFF, 0xFF,
	0x00, 0x00, 0x00,
}

var deflaters = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed) // the level is a valid one
	return w
}}

// png writes the picture with exactly Size × Size pixels of one bit each: what
// is drawn in amber elsewhere is ink, with a light tick on it, and the plate
// has corners, as nothing can be outside of it. The standard encoder takes some
// ten times as long, as it does not know that most rows repeat the one above.
func (d *drawing) png(p Picture) []byte {
	size := p.Size
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	var header [13]byte
	binary.BigEndian.PutUint32(header[0:], uint32(size)) //nolint:gosec // at most 2000
	binary.BigEndian.PutUint32(header[4:], uint32(size)) //nolint:gosec // as above
	header[8], header[9] = 1, 3                          // bits for each pixel; colours by palette
	chunk(&out, "IHDR", header[:])
	chunk(&out, "PLTE", palette)
	chunk(&out, "IDAT", d.pixels(p))
	chunk(&out, "IEND", nil)
	return out.Bytes()
}

func chunk(out *bytes.Buffer, kind string, body []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(body))) //nolint:gosec // some kilobytes
	out.Write(n[:])
	from := out.Len()
	out.WriteString(kind)
	out.Write(body)
	binary.BigEndian.PutUint32(n[:], crc32.ChecksumIEEE(out.Bytes()[from:]))
	out.Write(n[:])
}

// pixels gives the compressed rows, each as its difference to the one above.
func (d *drawing) pixels(p Picture) []byte {
	size := p.Size
	var out bytes.Buffer
	z := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(z)
	z.Reset(&out)

	const upFilter = 2
	width := (size + 7) / 8
	scale, margin := fit(d.n, p)
	var (
		plain       = make([]ink, size)
		above, row  = make([]byte, width), make([]byte, width)
		same, other = make([]byte, width+1), make([]byte, width+1)
		last, line  []stretch
	)
	same[0], other[0] = upFilter, upFilter
	for y := range size {
		line = d.line(line[:0], y, scale, margin)
		if y > 0 && slices.Equal(line, last) {
			_, _ = z.Write(same) // a buffer takes everything
			continue
		}
		paint(plain, line)
		pack(row, plain)
		for i := range row {
			other[i+1] = row[i] - above[i]
		}
		_, _ = z.Write(other)
		above, row = row, above
		last, line = line, last
	}
	_ = z.Close()
	return out.Bytes()
}

// fit gives how many pixels a module takes and how many stand around the
// symbol. Whole pixels keep the modules square; what is left over makes the
// quiet zone a little wider. A small picture of a long text has half the
// quiet zone rather than modules of one pixel, which no camera reads.
func fit(n int, p Picture) (scale, margin int) {
	scale = max(1, p.Size/(n+2*usualQuiet))
	switch {
	case p.Bordered && p.Size-2*p.Border >= 2*n:
		scale = (p.Size - 2*p.Border) / n
	case p.Bordered: // which would leave nothing that a camera can read
		scale = min(2, p.Size/n)
	case scale == 1 && p.Size >= 2*(n+usualQuiet):
		scale = 2
	}
	return scale, (p.Size - n*scale) / 2
}

// stretch is a run of pixels of one colour.
type stretch struct {
	from, to int
	ink      ink
}

// line appends what a row of pixels shows, later stretches over earlier ones.
func (d *drawing) line(to []stretch, y, scale, margin int) []stretch {
	row := y - margin
	if row < 0 || row >= d.n*scale {
		return to
	}
	d.runs(row/scale, func(from, end int) {
		to = append(to, stretch{margin + from*scale, margin + end*scale, black})
	})
	at := (float64(row) + 0.5) / float64(scale)
	for i := range d.figures {
		f := &d.figures[i]
		if from, end, ok := f.span(at); ok {
			to = append(to, stretch{margin + pixel(from*float64(scale)), margin + pixel(end*float64(scale)), f.ink})
		}
	}
	return to
}

// pixel is the first pixel whose middle lies behind x.
func pixel(x float64) int { return int(math.Ceil(x - 0.5)) }

func paint(row []ink, line []stretch) {
	clear(row)
	for _, s := range line {
		part := row[s.from:s.to]
		for i := range part {
			part[i] = s.ink
		}
	}
}

// pack puts eight pixels into each byte, the first in the highest bit.
func pack(to []byte, row []ink) {
	for i := range to {
		var b ink
		for k := range 8 {
			b <<= 1
			if at := 8*i + k; at < len(row) {
				b |= row[at]
			}
		}
		to[i] = byte(b)
	}
}
