package command_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/command"
)

// checkout begins a purchase as a user's own shop would: it makes a payment
// where the order says that the simulator is.
func checkout(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Amount    int64
		Simulator string
	}
	err := json.NewDecoder(r.Body).Decode(&order)
	if err == nil {
		_, err = client.New(order.Simulator).CreatePayment(r.Context(), client.CreatePayment{
			Amount: client.NOK(order.Amount), Reference: "my-order-1", UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/", PaymentDescription: "Mine",
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write([]byte(`{"reference": "my-order-1"}`))
}

func TestARunAgainstOnesOwnShopBuysThereAndSkipsWhatNeedsNone(t *testing.T) {
	t.Parallel()
	shop := httptest.NewServer(http.HandlerFunc(checkout))
	t.Cleanup(shop.Close)
	for _, world := range []string{"", "default", "mine"} {
		t.Run("in the world "+world, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, steps := range map[string]string{
				"buys": "  - order: {amount: 4200}\n  - approve\n  - expect: payment(\"my-order-1\").authorized == 4200\n",
				"own":  "  - create\n",
			} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+".yaml"), []byte("id: "+name+"\ntitle: It "+name+"\nsteps:\n"+steps), 0o600))
			}
			var out, wrong strings.Builder
			program := command.Program{Out: &out, Err: &wrong}
			require.Equal(t, 0, program.Run(t.Context(), []string{"run", "--shop", shop.URL, "--world", world, dir}), out.String()+wrong.String())
			require.Regexp(t, `✓ It buys +3 steps`, out.String())
			require.Regexp(t, `– It own +skipped +plays the merchant itself`, out.String())
			require.Contains(t, out.String(), "1 passed, 1 skipped in ")
		})
	}
}
