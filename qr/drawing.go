package qr

import "math"

// The measures of a picture, in modules or as shares (QR contract, section
// 8). All else follows from the symbol's size.
const (
	usualQuiet  = 4.0  // the zone around the symbol
	plateRadius = 0.14 // of the picture's side
	markShare   = 0.25 // of the symbol's width, at most
	finder      = 7    // the side of a finder pattern
)

// ink is one of a PNG's two colours, by its number in the palette.
type ink byte

const (
	white ink = iota
	black
)

// amberHex is the mark's colour, the project's accent, in pictures that have
// colours.
const amberHex = "#FFC53D"

// rect is a rectangle whose corners may be rounded: top left, top right,
// bottom right, bottom left.
type rect struct {
	x, y, w, h float64
	r          [4]float64
}

// span is where a horizontal line meets the rectangle.
func (b rect) span(y float64) (from, to float64, ok bool) {
	if y < b.y || y >= b.y+b.h {
		return 0, 0, false
	}
	left := max(inset(b.r[0], y-b.y), inset(b.r[3], b.y+b.h-y))
	right := max(inset(b.r[1], y-b.y), inset(b.r[2], b.y+b.h-y))
	return b.x + left, b.x + b.w - right, true
}

// inset is how far a rounded corner draws back from the side, at a depth
// below the edge.
func inset(radius, depth float64) float64 {
	if depth >= radius {
		return 0
	}
	return radius - math.Sqrt(radius*radius-(radius-depth)*(radius-depth))
}

// stroke is a straight line with a width and square ends.
type stroke struct{ x1, y1, x2, y2, width float64 }

// span is where a horizontal line meets the stroke.
func (s stroke) span(y float64) (from, to float64, ok bool) {
	corners := s.corners()
	from, to = math.Inf(1), math.Inf(-1)
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		if (a[1] <= y) == (b[1] <= y) {
			continue
		}
		x := a[0] + (y-a[1])/(b[1]-a[1])*(b[0]-a[0])
		from, to = min(from, x), max(to, x)
	}
	return from, to, from < to
}

func (s stroke) corners() [4][2]float64 {
	length := math.Hypot(s.x2-s.x1, s.y2-s.y1)
	dx, dy := (s.x2-s.x1)/length*s.width/2, (s.y2-s.y1)/length*s.width/2
	return [4][2]float64{
		{s.x1 - dx + dy, s.y1 - dy - dx}, {s.x2 + dx + dy, s.y2 + dy - dx},
		{s.x2 + dx - dy, s.y2 + dy + dx}, {s.x1 - dx - dy, s.y1 - dy + dx},
	}
}

// figure is a shape on top of the modules.
type figure struct {
	span func(y float64) (from, to float64, ok bool)
	ink  ink
}

// drawing is a picture in modules, the symbol's corner at 0,0. Its modules
// are those of the symbol without the finder patterns and without what the
// mark covers, both of which are figures of their own.
type drawing struct {
	modules symbol
	n       int // modules to a side
	finders []rect
	mark    rect
	tick    [2]stroke
	figures []figure
}

func newDrawing(content string) (*drawing, error) {
	modules, err := newSymbol(content)
	if err != nil {
		return nil, err
	}
	d := &drawing{modules: modules, n: len(modules)}
	d.drawFinders()
	d.drawMark()
	return d, nil
}

// quiet is the zone around the symbol in a picture without pixels.
func (d *drawing) quiet(p Picture) float64 {
	if !p.Bordered {
		return usualQuiet
	}
	return float64(d.n*p.Border) / float64(DefaultSize-2*p.Border)
}

// plateCorner is the radius of the plate's corners: less where a thin quiet
// zone would have them cut into the symbol.
func plateCorner(side, quiet float64) float64 {
	return min(side*plateRadius, quiet/(1-math.Sqrt2/2))
}

// drawFinders takes the three finder patterns out of the symbol and draws
// them with one rounded corner, the one that points away from the middle.
func (d *drawing) drawFinders() {
	far := d.n - finder
	for _, f := range []struct{ x, y, corner int }{{0, 0, 0}, {far, 0, 1}, {0, far, 3}} {
		d.wipe(f.x, f.y, finder)
		for ring, c := range []ink{black, white, black} {
			r := rect{x: float64(f.x + ring), y: float64(f.y + ring), w: float64(finder - 2*ring), h: float64(finder - 2*ring)}
			r.r[f.corner] = max(0, 2-float64(ring))
			d.finders = append(d.finders, r)
			d.figures = append(d.figures, figure{r.span, c})
		}
	}
}

// drawMark puts our own mark into the middle: a square with a tick, amber and
// ink where there are colours, else ink and white.
func (d *drawing) drawMark() {
	side := int(float64(d.n) * markShare)
	if side%2 == 0 {
		side-- // as odd as the symbol, to cover whole modules
	}
	at := (d.n - side) / 2
	d.wipe(at, at, side)
	const gap = 0.5
	x, w := float64(at)+gap, float64(side)-2*gap
	radius := w * 0.24
	d.mark = rect{x: x, y: x, w: w, h: w, r: [4]float64{radius, radius, radius, radius}}
	width := w * 0.13
	d.tick = [2]stroke{
		{x + 0.27*w, x + 0.53*w, x + 0.43*w, x + 0.69*w, width},
		{x + 0.43*w, x + 0.69*w, x + 0.74*w, x + 0.34*w, width},
	}
	d.figures = append(d.figures, figure{d.mark.span, black}, figure{d.tick[0].span, white}, figure{d.tick[1].span, white})
}

// wipe clears a square of modules.
func (d *drawing) wipe(x, y, side int) {
	for row := y; row < y+side; row++ {
		for col := x; col < x+side; col++ {
			d.modules[row][col] = false
		}
	}
}

// runs calls for each run of dark modules in a row.
func (d *drawing) runs(row int, run func(from, to int)) {
	line := d.modules[row]
	for x := 0; x < len(line); x++ {
		if !line[x] {
			continue
		}
		from := x
		for x < len(line) && line[x] {
			x++
		}
		run(from, x)
	}
}
