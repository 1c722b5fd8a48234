package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web"
	"liksom/web/browsertest"
)

func TestFormats_in_the_browser_write_what_the_table_says(t *testing.T) {
	chromium := browsertest.Start(t)
	s := web.New(web.Options{})
	mux := http.NewServeMux()
	mux.HandleFunc("/assets/", s.ServeAsset)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><title>formats</title>"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	table := formats(t)
	body, err := json.Marshal(table)
	require.NoError(t, err)
	tab := chromium.Tab(t, browsertest.Desktop())
	tab.Go(server.URL)
	got := browsertest.Eval[map[string][]string](tab, fmt.Sprintf(`(async (table) => {
		const formats = await import("/assets/x/format.js");
		return Object.fromEntries(Object.entries(table).map(([name, rows]) => [name, rows.map((row) => formats[name](...row.slice(0, -1)))]));
	})(%s)`, body))
	for name, rows := range table {
		for i, row := range rows {
			require.Equal(t, row[len(row)-1], got[name][i], "%s%v", name, row[:len(row)-1])
		}
	}
}
