package web_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the icons anew")

// TestIcons_of_the_app_are_the_mark_drawn holds the drawing of the pictures on
// home screens; -update writes them.
func TestIcons_of_the_app_are_the_mark_drawn(t *testing.T) {
	t.Parallel()
	for _, size := range []int{192, 512} {
		var drawn bytes.Buffer
		require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&drawn, coin(size)))
		name := fmt.Sprintf("static/icon-%d.png", size)
		if *update {
			require.NoError(t, os.WriteFile(name, drawn.Bytes(), 0o600))
		}
		kept, err := os.ReadFile(name)
		require.NoError(t, err)
		picture, err := png.Decode(bytes.NewReader(kept))
		require.NoError(t, err)
		require.Equal(t, coin(size).Pix, picture.(*image.Paletted).Pix, name)
	}
}

// coin draws the play coin on amber, within the safe zone of icons that are
// cut to a shape: 24 units wide as in mark.svg, shrunk to 60 %.
func coin(size int) *image.Paletted {
	const steps = 16
	ink, amber := color.RGBA{0x1b, 0x1b, 0x1f, 255}, color.RGBA{0xff, 0xc5, 0x3d, 255}
	palette := make(color.Palette, steps+1)
	for i := range palette {
		mix := func(a, b uint8) uint8 { return uint8((int(a)*(steps-i) + int(b)*i) / steps) }
		palette[i] = color.RGBA{mix(amber.R, ink.R), mix(amber.G, ink.G), mix(amber.B, ink.B), 255}
	}
	out := image.NewPaletted(image.Rect(0, 0, size, size), palette)
	for y := range size {
		for x := range size {
			inked := 0
			for k := range steps {
				at := func(n, sub int) float64 {
					return ((float64(n)+(float64(sub)+.5)/4)/float64(size)-.5)*24/.6 + 12
				}
				if isInk(at(x, k%4), at(y, k/4)) {
					inked++
				}
			}
			out.SetColorIndex(x, y, uint8(inked)) //nolint:gosec // at most steps
		}
	}
	return out
}

// isInk tells whether the mark is dark at a place of its 24 units.
func isInk(x, y float64) bool {
	dx, dy := x-12, y-12
	turn := (math.Atan2(dy, dx) + math.Pi) / (2 * math.Pi) * 10
	rim := math.Abs(math.Hypot(dx, dy)-8.3) < .85 && turn-math.Floor(turn) < .6257
	return rim || near(x, y, 8.1, 12.3, 10.8, 15) || near(x, y, 10.8, 15, 15.9, 9.4)
}

// near tells whether a place is on the stroke between two points.
func near(x, y, x1, y1, x2, y2 float64) bool {
	along := ((x-x1)*(x2-x1) + (y-y1)*(y2-y1)) / ((x2-x1)*(x2-x1) + (y2-y1)*(y2-y1))
	along = min(1, max(0, along))
	return math.Hypot(x-x1-along*(x2-x1), y-y1-along*(y2-y1)) < 1
}
