package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"liksom/qr"
)

// wanted is how a merchant wants a code: as a picture, or as its text to draw
// for themselves.
type wanted struct {
	text    bool
	picture qr.Picture // without its code
}

// link is what the merchant is given for a code: the text, or a link to the
// picture, which needs no credentials.
func (a *API) link(r *http.Request, code string, as wanted) string {
	if as.text {
		return qr.Target(a.Base(r), code)
	}
	as.picture.Code = code
	return strings.TrimSuffix(a.Base(r), "/") + "/qr-image/v1?token=" + url.QueryEscape(as.picture.Token())
}

// accepted reads the Accept header (QR contract, section 2). None, and what
// curl sends, is an SVG; of several the first that can be had is taken.
func (c *call) accepted() (wanted, error) {
	svg := wanted{picture: qr.Picture{Format: qr.SVG}}
	sent := strings.Join(c.Header.Values("Accept"), ",")
	if strings.TrimSpace(sent) == "" {
		return svg, nil
	}
	for _, one := range strings.Split(sent, ",") {
		kind, _, _ := strings.Cut(one, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "*/*", "image/*", "image/svg+xml":
			return svg, nil
		case "image/png":
			return wanted{picture: qr.Picture{Format: qr.PNG, Size: qr.DefaultSize}}, nil
		case "text/targeturl":
			return wanted{text: true}, nil
		}
	}
	return wanted{}, plain(http.StatusUnsupportedMediaType)
}

// form reads how the code is wanted: format by header, size by header or
// body, of which the body wins, and the border by body. There may be no body.
// What is wrong is told with the rest of the body's mistakes.
func (c *call) form(m *members) (wanted, error) {
	w, err := c.accepted()
	if err != nil {
		return w, err
	}
	size := qr.DefaultSize
	if sent := c.Header.Get("Size"); sent != "" {
		n, err := strconv.Atoi(strings.TrimSpace(sent))
		if err != nil || n < qr.MinSize || n > qr.MaxSize {
			m.blame("size", outside("Size", qr.MinSize, qr.MaxSize))
		}
		size = n
	}
	if n, given := m.integer("size", qr.MinSize, qr.MaxSize); given {
		size = n
	}
	if w.picture.Format == qr.PNG {
		w.picture.Size = size
	}
	w.picture.Border, w.picture.Bordered = m.integer("whiteBorder", 0, qr.MaxBorder)
	return w, nil
}

// formOnly is form for a call without a body.
func (c *call) formOnly() (wanted, error) {
	var none members
	w, err := c.form(&none)
	if err == nil && none.wrong != nil {
		err = invalid(none.wrong...)
	}
	return w, err
}
