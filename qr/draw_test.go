package qr_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"
	"github.com/stretchr/testify/require"

	"liksom/qr"
)

var contents = map[string]string{
	"a local address":         "http://localhost:8080/qr/pAbCdEfGhIj",
	"a short one":             "http://a.no/qr/pAbCdEfGhIj",
	"a world's address":       "http://192.168.100.200:8080/w/ci-42/qr/pAbCdEfGhIj",
	"a public address":        "https://pay.simulator.example.com/w/ci-42/qr/pAbC0123Ij",
	"a very long public name": "https://simulator.department.of.a.company.with.a.long.name.example.com/w/ci-42/qr/pAbC0123Ij",
}

func TestAPNGSaysItsTextAtEverySize(t *testing.T) {
	t.Parallel()
	for name, content := range contents {
		for _, size := range []int{100, 200, 400, 1024, 2000} {
			if size == 100 && len(content) > 60 {
				continue // a module would be a single pixel
			}
			if size == 2000 && len(content) > 40 {
				continue // as at 1024, and slow under the race detector
			}
			t.Run(fmt.Sprintf("%s at %d", name, size), func(t *testing.T) {
				t.Parallel()
				body, err := qr.Draw(content, qr.PNG, size)
				require.NoError(t, err)
				img, err := png.Decode(bytes.NewReader(body))
				require.NoError(t, err)
				require.Equal(t, image.Pt(size, size), img.Bounds().Size())
				said, err := qr.Decode(body)
				require.NoError(t, err)
				require.Equal(t, content, said)
			})
		}
	}
}

func TestAnSVGSaysItsTextAtEverySize(t *testing.T) {
	t.Parallel()
	for name, content := range contents {
		for _, pixels := range []int{2, 3, 8} {
			t.Run(fmt.Sprintf("%s at %d pixels a module", name, pixels), func(t *testing.T) {
				t.Parallel()
				body, err := qr.Draw(content, qr.SVG, 0)
				require.NoError(t, err)
				code, err := qrcode.New(content, qrcode.Highest)
				require.NoError(t, err)
				var out bytes.Buffer
				require.NoError(t, png.Encode(&out, rasterise(t, body, pixels*len(code.Bitmap()))))
				said, err := qr.Decode(out.Bytes())
				require.NoError(t, err)
				require.Equal(t, content, said)
			})
		}
	}
}

func TestBothFormatsShowTheSymbolButForFindersAndMark(t *testing.T) {
	t.Parallel()
	for name, content := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, err := qrcode.New(content, qrcode.Highest)
			require.NoError(t, err)
			want := code.Bitmap() // with the quiet zone
			side := len(want)
			const scale = 8
			body, err := qr.Draw(content, qr.PNG, side*scale)
			require.NoError(t, err)
			drawn, err := png.Decode(bytes.NewReader(body))
			require.NoError(t, err)
			vector, err := qr.Draw(content, qr.SVG, 0)
			require.NoError(t, err)
			painted := rasterise(t, vector, side*scale)
			middle, reach := float64(side)/2, float64(side-8)*0.25/2
			for y, row := range want {
				for x, dark := range row {
					if in(float64(x)+0.5, middle, reach) && in(float64(y)+0.5, middle, reach) || y == 4 && (x == 4 || x == side-5) || y == side-5 && x == 4 {
						continue // the mark, and the rounded corners
					}
					for kind, img := range map[string]image.Image{"PNG": drawn, "SVG": painted} {
						require.Equal(t, dark, isDark(img.At(x*scale+scale/2, y*scale+scale/2)), "%s, module %d,%d", kind, x, y)
					}
				}
			}
		})
	}
}

func in(v, middle, reach float64) bool { return v > middle-reach-1 && v < middle+reach+1 }

func isDark(c color.Color) bool {
	g := color.GrayModel.Convert(c).(color.Gray)
	_, _, _, a := c.RGBA()
	return g.Y < 100 && a > 0
}

func TestAPNGHasOneBitForEachPixel(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, 1024, 2000} {
		body, err := qr.Draw(contents["a local address"], qr.PNG, size)
		require.NoError(t, err)
		require.Equal(t, "IHDR", string(body[12:16]))
		require.EqualValues(t, 1, body[24], "the bit depth")
		img, err := png.Decode(bytes.NewReader(body))
		require.NoError(t, err)
		require.Equal(t, color.Palette{color.RGBA{255, 255, 255, 255}, color.RGBA{0, 0, 0, 255}}, img.(*image.Paletted).Palette)
	}
}

func TestAPNGHasAnInkMarkWithALightTick(t *testing.T) {
	t.Parallel()
	body, err := qr.Draw(contents["a local address"], qr.PNG, 900)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(body))
	require.NoError(t, err)
	longest, run := 0, 0
	for x := range 900 {
		run++
		if !isDark(img.At(x, 385)) {
			run = 0
		}
		longest = max(longest, run)
	}
	require.Greater(t, longest, 100, "across the mark, above its tick")
	require.LessOrEqual(t, float64(longest), 0.25*900)
	require.False(t, isDark(img.At(440, 490)), "the tick")
	require.True(t, isDark(img.At(400, 400)), "beside the tick")
}

func TestAnSVGHasARoundPlateAndAnAmberMark(t *testing.T) {
	t.Parallel()
	body, err := qr.Draw(contents["a local address"], qr.SVG, 0)
	require.NoError(t, err)
	plate := regexp.MustCompile(`<rect width="([0-9]+)" height="[0-9]+" rx="([0-9.]+)" fill="#FFFFFF"/>`).FindSubmatch(body)
	require.NotNil(t, plate)
	side, err := strconv.ParseFloat(string(plate[1]), 64)
	require.NoError(t, err)
	radius, err := strconv.ParseFloat(string(plate[2]), 64)
	require.NoError(t, err)
	require.InDelta(t, 0.14, radius/side, 0.001)
	require.Contains(t, string(body), `<path fill="#FFC53D" d="`)
}

func TestAnSVGSaysWhatItIs(t *testing.T) {
	t.Parallel()
	body, err := qr.Draw("http://localhost/qr/p?a=1&b=<2>", qr.SVG, 0)
	require.NoError(t, err)
	var picture struct {
		ViewBox string `xml:"viewBox,attr"`
		Width   string `xml:"width,attr"`
		Title   string `xml:"title"`
	}
	require.NoError(t, xml.Unmarshal(body, &picture))
	require.Equal(t, "http://localhost/qr/p?a=1&b=<2> (test, not a real payment)", picture.Title)
	require.Equal(t, "0 0 41 41", picture.ViewBox)
	require.Empty(t, picture.Width)
}

func TestATextTooLongIsRefused(t *testing.T) {
	t.Parallel()
	_, err := qr.Draw(strings.Repeat("x", 4000), qr.SVG, 0)
	require.Error(t, err)
	_, err = qr.Draw(strings.Repeat("x", 1000), qr.PNG, 100)
	require.Error(t, err)
}

func TestDecodeRefusesWhatIsNoCode(t *testing.T) {
	t.Parallel()
	_, err := qr.Decode([]byte("hello"))
	require.ErrorIs(t, err, qr.ErrNoPicture)
	var blank, large bytes.Buffer
	require.NoError(t, png.Encode(&blank, image.NewGray(image.Rect(0, 0, 50, 50))))
	_, err = qr.Decode(blank.Bytes())
	require.ErrorIs(t, err, qr.ErrNoCode)
	require.NoError(t, png.Encode(&large, image.NewGray(image.Rect(0, 0, 5000, 2))))
	_, err = qr.Decode(large.Bytes())
	require.ErrorIs(t, err, qr.ErrTooLarge)
}

func FuzzDecode(f *testing.F) {
	body, err := qr.Draw("http://localhost/qr/pAbCdEfGhIj", qr.PNG, 100)
	require.NoError(f, err)
	f.Add(body)
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, picture []byte) {
		said, err := qr.Decode(picture)
		require.True(t, err == nil || said == "")
	})
}

func BenchmarkDraw(b *testing.B) {
	content := contents["a local address"]
	for _, size := range []int{200, 1024, 2000} {
		b.Run(fmt.Sprintf("png/%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = qr.Draw(content, qr.PNG, size)
			}
		})
	}
	b.Run("svg", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = qr.Draw(content, qr.SVG, 0)
		}
	})
}

// rasterise paints the little of SVG that our pictures use: paths filled by
// the even-odd rule, moved by 4,4.
func rasterise(t *testing.T, svg []byte, size int) image.Image {
	t.Helper()
	var doc struct {
		ViewBox string `xml:"viewBox,attr"`
		Group   struct {
			Paths []struct {
				D    string `xml:"d,attr"`
				Fill string `xml:"fill,attr"`
			} `xml:"path"`
		} `xml:"g"`
	}
	require.NoError(t, xml.Unmarshal(svg, &doc))
	side, err := strconv.ParseFloat(strings.Fields(doc.ViewBox)[2], 64)
	require.NoError(t, err)
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	scale := float64(size) / side
	for _, p := range doc.Group.Paths {
		ink := color.RGBA{A: 255}
		switch p.Fill {
		case "none":
			continue // the tick
		case "#FFC53D":
			ink = color.RGBA{255, 0xC5, 0x3D, 255}
		}
		edges := outline(t, p.D)
		for py := range size {
			y := (float64(py)+0.5)/scale - 4
			crossed := map[int]int{}
			for _, e := range edges {
				if (e[1] <= y) == (e[3] <= y) {
					continue
				}
				x := e[0] + (y-e[1])/(e[3]-e[1])*(e[2]-e[0])
				crossed[max(0, int((x+4)*scale+0.5))]++
			}
			inside := false
			for px := range size {
				if crossed[px]%2 == 1 {
					inside = !inside
				}
				if inside {
					img.SetRGBA(px, py, ink)
				}
			}
		}
	}
	return img
}

var command = regexp.MustCompile(`([MmLlHhVvAaz])([^A-Za-z]*)`)

// outline gives the edges of a path as x1, y1, x2, y2.
func outline(t *testing.T, d string) [][4]float64 {
	t.Helper()
	var edges [][4]float64
	var x, y, x0, y0 float64
	for _, c := range command.FindAllStringSubmatch(d, -1) {
		var n []float64
		for _, f := range strings.Fields(c[2]) {
			v, err := strconv.ParseFloat(f, 64)
			require.NoError(t, err)
			n = append(n, v)
		}
		fx, fy := x, y
		switch c[1] {
		case "M":
			x, y = n[0], n[1]
			x0, y0 = x, y
			continue
		case "L":
			x, y = n[0], n[1]
		case "H":
			x = n[0]
		case "h":
			x += n[0]
		case "V":
			y = n[0]
		case "v":
			y += n[0]
		case "A":
			edges = append(edges, quarter(x, y, n[5], n[6])...)
			x, y = n[5], n[6]
			continue
		case "z":
			x, y = x0, y0
		default:
			require.Failf(t, "unknown command", "%q in %q", c[1], d)
		}
		edges = append(edges, [4]float64{fx, fy, x, y})
	}
	return edges
}

// quarter follows a quarter of a circle, clockwise.
func quarter(x, y, toX, toY float64) [][4]float64 {
	cx, cy := x, toY
	if (toX-x)*(toY-y) < 0 {
		cx, cy = toX, y
	}
	const steps = 16
	edges := make([][4]float64, 0, steps)
	fx, fy := x, y
	for i := 1; i <= steps; i++ {
		turn := math.Pi / 2 * float64(i) / steps
		nx := cx + (x-cx)*math.Cos(turn) - (y-cy)*math.Sin(turn)
		ny := cy + (x-cx)*math.Sin(turn) + (y-cy)*math.Cos(turn)
		edges = append(edges, [4]float64{fx, fy, nx, ny})
		fx, fy = nx, ny
	}
	return edges
}
