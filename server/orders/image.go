package orders

import (
	"bytes"
	"encoding/base64"
	stdimage "image"
	_ "image/jpeg" // pictures may be JPEGs
	_ "image/png"  // or PNGs
	"net/http"
)

const (
	maxImageID  = 128
	maxPicture  = 2 << 20 // bytes
	leastPixels = 167     // of height
)

// image is a picture as it is kept.
type image struct {
	ID     string `json:"imageId"`
	Format string `json:"format"` // png, jpeg
	Source []byte `json:"source"`
}

func (a *API) addImage(r *http.Request, unit string) (int, any, error) {
	var i image
	err := a.body(r, func(o object) {
		i.ID = o.id("imageId", true, maxImageID)
		o.choice("type", true, "base64")
		i.Source, i.Format = o.picture("src")
	})
	if err != nil {
		return 0, nil, err
	}
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	if a.book.hasImage(unit, i.ID) {
		return 0, nil, taken("An image with the id " + i.ID + " already exists; images cannot be overwritten.")
	}
	if err := a.book.addImage(r.Context(), unit, i); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, struct {
		ID string `json:"imageId"`
	}{i.ID}, nil
}

// picture is a required PNG or JPEG, high enough and not too large.
func (o object) picture(member string) (source []byte, format string) {
	text := o.text(member, true)
	if text == "" {
		return nil, ""
	}
	source, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		o.blame(member, "The value must be base64.")
		return nil, ""
	}
	if len(source) > maxPicture {
		o.blame(member, "The image must have 2 MB at most.")
		return nil, ""
	}
	config, format, err := stdimage.DecodeConfig(bytes.NewReader(source))
	switch {
	case err != nil || format != "png" && format != "jpeg": // the program may know others
		o.blame(member, "The image must be a PNG or a JPEG.")
	case config.Height < leastPixels:
		o.blame(member, "The image must be at least %d pixels high.", leastPixels)
	}
	return source, format
}
