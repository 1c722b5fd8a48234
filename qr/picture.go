package qr

import (
	"container/list"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"liksom/server/payment"
)

// The bounds of a PNG's side in pixels, and what it is unless asked for.
const (
	MinSize     = 100
	MaxSize     = 2000
	DefaultSize = 1024
	// MaxBorder bounds the quiet zone that a merchant may ask for, in pixels.
	MaxBorder = 100
)

// Format is what a picture is made as.
type Format string

// The formats of pictures.
const (
	SVG Format = "svg"
	PNG Format = "png"
)

// ContentType is what a picture is served as.
func (f Format) ContentType() string {
	if f == PNG {
		return "image/png"
	}
	return "image/svg+xml"
}

// Picture names a picture: the code it shows and the form it has.
type Picture struct {
	Code   string
	Format Format
	Size   int // pixels, of a PNG; 0 for an SVG
	// Bordered asks for a quiet zone of Border pixels, those of [DefaultSize]
	// in an SVG, in place of four modules.
	Bordered bool
	Border   int
}

// Token is the name as it stands in a picture's link: "{code}.svg" or
// "{code}.png.{size}", with ".b{border}" behind it where that is not the
// usual one.
func (p Picture) Token() string {
	token := p.Code + ".svg"
	if p.Format == PNG {
		token = p.Code + ".png." + strconv.Itoa(p.Size)
	}
	if p.Bordered {
		token += ".b" + strconv.Itoa(p.Border)
	}
	return token
}

// ParseToken reads what [Picture.Token] wrote. It tells false for any other
// text.
func ParseToken(token string) (Picture, bool) {
	code, form, _ := strings.Cut(token, ".")
	if KindOf(code) == Unknown {
		return Picture{}, false
	}
	p := Picture{Code: code, Format: SVG}
	form, border, bordered := strings.Cut(form, ".b")
	if bordered {
		p.Bordered, p.Border = true, count(border)
	}
	if pixels, ok := strings.CutPrefix(form, "png."); ok {
		p.Format, p.Size = PNG, count(pixels)
	}
	inBounds := p.Border >= 0 && p.Border <= MaxBorder && (p.Format == SVG || p.Size >= MinSize && p.Size <= MaxSize)
	return p, inBounds && p.Token() == token
}

// count reads what [strconv.Itoa] wrote; -1 for anything else.
func count(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	return n
}

// PictureToken names the picture that a payment's merchant asked for: an SVG
// unless it said PNG.
func PictureToken(p payment.Payment) string {
	pic := Picture{Code: p.Code, Format: SVG}
	if d := p.Details; d != nil && strings.EqualFold(d.QRFormat, "image/png") {
		pic.Format, pic.Size = PNG, DefaultSize
		if d.QRSize != 0 {
			pic.Size = min(max(d.QRSize, MinSize), MaxSize)
		}
	}
	return pic.Token()
}

// Link is what a merchant is given for a payment to be scanned: the link to
// its picture, or the text of the code where that was asked for (QR contract,
// section 5.1).
func Link(base string, p payment.Payment) string {
	if p.Details != nil && strings.EqualFold(p.Details.QRFormat, "text/targeturl") {
		return Target(base, p.Code)
	}
	return strings.TrimSuffix(base, "/") + "/qr-image/v1?token=" + PictureToken(p)
}

// Draw makes a picture of a text. The size counts for a PNG alone and is
// brought within [MinSize] and [MaxSize]; 0 means [DefaultSize]. The error
// tells that the text is too long for any code, or for the size.
func Draw(content string, f Format, size int) ([]byte, error) {
	return DrawPicture(content, Picture{Format: f, Size: size})
}

// DrawPicture is [Draw] for a picture with all that a merchant may ask for.
func DrawPicture(content string, p Picture) ([]byte, error) {
	d, err := newDrawing(content)
	if err != nil {
		return nil, err
	}
	if p.Format == SVG {
		return d.svg(content, d.quiet(p)), nil
	}
	if p.Size == 0 {
		p.Size = DefaultSize
	}
	p.Size = min(max(p.Size, MinSize), MaxSize)
	if p.Size < d.n {
		return nil, fmt.Errorf("a picture of %d pixels is too small for a text of %d bytes", p.Size, len(content))
	}
	return d.png(p), nil
}

// album keeps the pictures drawn last. They never change, so the only reason
// to drop one is room.
type album struct {
	mu    sync.Mutex
	pages map[page]*list.Element
	order list.List // newest use first
	room  int       // bytes still free
}

type page struct {
	content string
	picture Picture
}

type kept struct {
	page    page
	picture []byte
}

func newAlbum(bytes int) *album { return &album{pages: map[page]*list.Element{}, room: bytes} }

// draw gives a picture from the album, or draws it and puts it there.
func (a *album) draw(content string, p Picture) ([]byte, error) {
	key := page{content, p}
	if picture, ok := a.look(key); ok {
		return picture, nil
	}
	picture, err := DrawPicture(content, p)
	if err == nil {
		a.keep(key, picture)
	}
	return picture, err
}

func (a *album) look(key page) ([]byte, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.pages[key]
	if !ok {
		return nil, false
	}
	a.order.MoveToFront(e)
	return e.Value.(*kept).picture, true
}

func (a *album) keep(key page, picture []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.pages[key]; ok {
		return // somebody drew it at the same time
	}
	a.pages[key] = a.order.PushFront(&kept{key, picture})
	a.room -= len(picture)
	for a.room < 0 {
		oldest := a.order.Back()
		k := a.order.Remove(oldest).(*kept)
		delete(a.pages, k.page)
		a.room += len(k.picture)
	}
}
