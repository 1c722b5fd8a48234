package qr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/qr"
)

// About one code in a hundred and fifty has a part that looks like one of its
// own corners.
func TestACodeWithAPartLikeACornerIsRead(t *testing.T) {
	t.Parallel()
	for content, side := range map[string]int{
		"https://s.test/qr/r1ac837c9":         276,
		"https://s.test/qr/raf5049db":         276,
		"http://127.0.0.1:50150/qr/rb2bc2685": 320,
		"http://127.0.0.1:39782/qr/r0eec2bf2": 160,
	} {
		picture, err := qr.Draw(content, qr.PNG, side)
		require.NoError(t, err)
		says, err := qr.Decode(picture)
		require.NoError(t, err, content)
		require.Equal(t, content, says)
	}
}
