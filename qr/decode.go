package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// maxSide bounds the pictures that are looked at, so that a small file cannot
// claim a large part of the memory.
const maxSide = 4096

// The errors of [Decode], worded for the person who scanned.
var (
	ErrNoPicture = errors.New("this is not a PNG picture")
	ErrTooLarge  = fmt.Errorf("the picture is too large: at most %d pixels to a side are read", maxSide)
	ErrNoCode    = errors.New("there is no QR code in this picture: try a sharper or larger one")
)

// Decode reads the text of the QR code in a PNG picture. The error is one of
// [ErrNoPicture], [ErrTooLarge] and [ErrNoCode].
func Decode(picture []byte) (string, error) {
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return "", ErrNoPicture
	}
	if size.Width > maxSide || size.Height > maxSide {
		return "", ErrTooLarge
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", ErrNoPicture
	}
	return decodeImage(img)
}

func decodeImage(img image.Image) (string, error) {
	// What is transparent counts as white, as it would on paper.
	flat := image.NewGray(img.Bounds())
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Over)
	text, err := read(flat)
	if err != nil {
		// The reader goes down a picture and ends its search at the third thing
		// that has the look of a corner. Now and then that is a part of the code
		// itself; from the other end the real corners come first.
		slices.Reverse(flat.Pix)
		text, err = read(flat)
	}
	if err != nil {
		return "", ErrNoCode
	}
	return text, nil
}

func read(img image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", err
	}
	return found.GetText(), nil
}
