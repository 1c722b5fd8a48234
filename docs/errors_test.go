package docs_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/docs"
	"liksom/server"
	"liksom/server/openapi/openapitest"
)

func TestTheTableOfErrorsIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := docs.Errors()
	require.NoError(t, err)
	have, err := os.ReadFile("errors.md")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "run make generate")
}

func TestEveryLineProvokesItsError(t *testing.T) {
	t.Parallel()
	rows, err := docs.Rows()
	require.NoError(t, err)
	for _, row := range rows {
		t.Run(strings.TrimSpace(row.Code+" "+row.Title), func(t *testing.T) {
			t.Parallel()
			status, body := run(t, row.Line)
			require.Equal(t, row.Status, status, body)
			if row.Code == "" {
				require.Contains(t, body, row.Title)
				return
			}
			var doc struct {
				Title  string
				Status int
				Extra  []struct{ Name, Reason string } `json:"extraDetails"`
			}
			require.NoError(t, json.Unmarshal([]byte(body), &doc), body)
			require.Equal(t, row.Title, doc.Title)
			require.Equal(t, row.Status, doc.Status)
			require.Len(t, doc.Extra, 1)
			require.Equal(t, "ErrorCode", doc.Extra[0].Name)
			require.Equal(t, row.Code, doc.Extra[0].Reason)
		})
	}
}

// run gives a line to a shell, as a reader would, with a simulator of its own,
// and answers status and body of the last call.
func run(t *testing.T, line string) (status int, body string) {
	t.Helper()
	documents := openapitest.New(t)
	documents.Except("a fault answers what it was told to", func(x *openapitest.Exchange) bool { return x.Status == 503 })
	sim, err := server.New(t.Context(), server.Options{Addr: "127.0.0.1:0", Around: documents.Handler})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Stop(context.Background())) })
	require.NoError(t, sim.Start(t.Context()))

	shell := exec.CommandContext(t.Context(), "sh", "-c", docs.Shell+line)
	shell.Env = append(os.Environ(), "URL="+sim.URL())
	var trouble strings.Builder
	shell.Stderr = &trouble
	out, err := shell.Output()
	require.NoError(t, err, trouble.String())
	require.Empty(t, trouble.String())
	printed := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	require.GreaterOrEqual(t, len(printed), 2, string(out))
	status, err = strconv.Atoi(printed[len(printed)-1])
	require.NoError(t, err, string(out))
	return status, printed[len(printed)-2]
}
