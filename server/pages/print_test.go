package pages_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/pages"
)

func stickers() []pages.Sticker {
	var all []pages.Sticker
	for i, brand := range []string{"vipps", "vipps", "mobilepay", "mobilepay", "vipps"} {
		n := string(rune('1' + i))
		all = append(all, pages.Sticker{
			ID: "r0000000" + n, Name: "taxi_" + n, Title: "Taxi " + n, Content: "http://192.168.1.20:8080/qr/r0000000" + n,
			Picture: base + "/qr-image/v1?token=r0000000" + n + ".svg", Bitmap: base + "/qr-image/v1?token=r0000000" + n + ".png.1024", Brand: brand, Language: map[string]string{"vipps": "nb", "mobilepay": "fi"}[brand],
		})
	}
	return all
}

func (w *world) sheetOf(t *testing.T, query string) string {
	t.Helper()
	answer, err := http.Get(w.url + "/console/qr/print" + query) //nolint:noctx // a test's own server
	status, body := read(t, answer, err)
	require.Equal(t, http.StatusOK, status)
	return body
}

func TestStickers_fill_as_many_sheets_as_they_need(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]struct{ sheets, stickers int }{
		"": {2, 5}, "?sheet=a4-4": {2, 5}, "?sheet=a4-6": {1, 5}, "?sheet=a6-1": {5, 5}, "?sheet=a0": {2, 5},
		"?ids=r00000002,r00000003": {1, 2}, "?ids=": {0, 0}, "?ids=r99999999": {0, 0},
	} {
		w := newWorld(t)
		w.stickers = stickers()
		page := w.sheetOf(t, query)
		require.Equal(t, want.sheets, strings.Count(page, `<section class="paper`), query)
		require.Equal(t, want.stickers, strings.Count(page, `data-testid="sticker"`), query)
	}
}

func TestStickers_speak_the_language_of_their_market_and_say_what_they_are(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stickers = stickers()
	page := w.sheetOf(t, "")
	for _, words := range []string{"Betal med Vipps", "Maksa MobilePaylla", "Simulator. Ikke en ekte betaling.", "Simulaattori. Ei oikea maksu.", "Simulator. No real money moves.", "taxi_5"} {
		require.Contains(t, page, words)
	}
	require.NotContains(t, page, "Phones can’t reach localhost", "192.168.1.20 can be reached")
}

func TestStickers_that_only_this_computer_can_open_say_so(t *testing.T) {
	t.Parallel()
	for host, alone := range map[string]bool{"localhost:8080": true, "127.0.0.1": true, "[::1]:8080": true, "ci.localhost:80": true, "10.0.0.4:8080": false, "pay.example": false} {
		w := newWorld(t)
		w.stickers = stickers()[:1]
		w.stickers[0].Content = "http://" + host + "/qr/r00000001"
		require.Equal(t, alone, strings.Contains(w.sheetOf(t, ""), "Phones can’t reach localhost"), host)
	}
}

func TestStickers_one_alone_can_be_taken_as_a_file(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stickers = stickers()
	require.Contains(t, w.sheetOf(t, "?ids=r00000002"), `download="taxi_2.png"`)
	require.NotContains(t, w.sheetOf(t, ""), `download=`)
}

func TestStickers_escape_what_merchants_wrote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stickers = stickers()[:1]
	w.stickers[0].Title, w.stickers[0].Name = `<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`
	page := w.sheetOf(t, "?ids=r00000001")
	require.NotContains(t, page, "<img src=x")
	require.NotContains(t, page, "<script>alert")
}

func TestStickers_teach_where_there_are_none(t *testing.T) {
	t.Parallel()
	page := newWorld(t).sheetOf(t, "")
	require.Contains(t, page, "No codes yet")
	require.Contains(t, page, "disabled")
}

func TestConsole_draws_what_a_code_will_look_like(t *testing.T) {
	t.Parallel()
	answer, err := http.Get(newWorld(t).url + "/console/qr/sample.svg") //nolint:noctx // a test's own server
	status, body := read(t, answer, err)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "image/svg+xml", answer.Header.Get("Content-Type"))
	require.Contains(t, body, base+"/qr/")
}
