package server_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/servertest"
)

func bill() client.Receipt {
	rate := 1200
	return client.Receipt{
		Lines:  []client.ReceiptLine{{Name: "A ride", ID: "1", Total: 24900, ExcludesTax: 22232, Tax: 2668, TaxRate: &rate, Unit: &client.ReceiptUnit{Price: 2490, Quantity: "10", Unit: "KM"}}},
		Bottom: client.ReceiptBottom{Currency: "NOK", Number: "17"},
	}
}

func TestAReceiptGivenWithThePaymentIsReadBack(t *testing.T) {
	t.Parallel()
	sim := start(t)
	_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(24900), Reference: "ride-0001", UserFlow: client.WebRedirect, ReturnURL: "https://taxi.example/", Receipt: bill(),
	})
	require.NoError(t, err)
	got, err := sim.Client.Order(t.Context(), "ride-0001")
	require.NoError(t, err)
	want := bill()
	require.Equal(t, client.Order{Receipt: &want}, got)

	_, err = sim.Client.AddReceipt(t.Context(), "ride-0001", bill())
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusConflict, refused.Status)
}

func TestWhatIsAddedToAnOrderOutlivesARestart(t *testing.T) {
	t.Parallel()
	store := "sqlite:" + filepath.Join(t.TempDir(), "sim.db")
	sim := start(t, servertest.WithStore(store))
	ctx := t.Context()
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 200, 200))))
	require.NoError(t, sim.Client.AddImage(ctx, "taxi-7", picture.Bytes()))
	_, err := sim.Client.PutCategory(ctx, "later-0001", client.Category{Category: "TICKET", URL: "https://taxi.example/t", ImageID: "taxi-7"})
	require.NoError(t, err)
	_, err = sim.Client.AddReceipt(ctx, "later-0001", bill())
	require.NoError(t, err)
	link := client.Link{OrderID: "later-0001", PaymentType: "ECOM", Type: "DELIVERY", URL: "https://taxi.example/d"}
	link.ID, err = sim.Client.AddLink(ctx, link)
	require.NoError(t, err)
	before, err := sim.Client.Order(ctx, "later-0001")
	require.NoError(t, err)
	require.NotNil(t, before.Receipt)
	require.Equal(t, "taxi-7", before.Category.ImageID)
	sim.Stop(t)

	sim = start(t, servertest.WithStore(store))
	after, err := sim.Client.Order(ctx, "later-0001")
	require.NoError(t, err)
	require.Equal(t, before, after)
	links, err := sim.Client.Links(ctx, "later-0001")
	require.NoError(t, err)
	require.Equal(t, []client.Link{link}, links)
	one, err := sim.Client.Link(ctx, link.ID)
	require.NoError(t, err)
	require.Equal(t, link, one)
	require.NoError(t, sim.Client.DeleteLink(ctx, link.ID))

	require.NoError(t, sim.Client.ResetUnit(ctx))
	_, err = sim.Client.Order(ctx, "later-0001")
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusNotFound, refused.Status)
}

func TestARefusedReceiptTellsItsFields(t *testing.T) {
	t.Parallel()
	sim := start(t)
	_, err := sim.Client.AddReceipt(t.Context(), "ride-0001", client.Receipt{Lines: []client.ReceiptLine{}, Bottom: client.ReceiptBottom{Currency: "NOK"}})
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []client.Field{{Name: "OrderLines", Reason: "The list must have at least one entry."}}, refused.Fields)
}

func TestOrderManagementAsksForKeysInItsOwnForm(t *testing.T) {
	t.Parallel()
	sim := start(t)
	status, body := send(t, sim, http.MethodGet, "/order-management/v2/ECOM/ride-0001", nil)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, body, "missing subscription key")
	status, body = send(t, sim, http.MethodGet, "/order-management/v2/ECOM/ride-0001", map[string]string{"Ocp-Apim-Subscription-Key": demoKey})
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, body, `"type":"https://datatracker.ietf.org/doc/html/rfc7235#section-3.1"`)
}

func TestOrdersObeyStrictBodies(t *testing.T) {
	t.Parallel()
	sim := start(t, servertest.With(func(o *server.Options) { o.StrictBodies = server.On }))
	header := map[string]string{"Ocp-Apim-Subscription-Key": demoKey, "Authorization": bearer(t, sim, taxiClient)}
	status, body := sendBody(t, sim, http.MethodPut, "/order-management/v2/ECOM/categories/ride-0001", header,
		`{"category":"TICKET","orderDetailsUrl":"https://taxi.example/t","colour":"red"}`)
	require.Equal(t, http.StatusBadRequest, status, body)
	require.Contains(t, body, `{"name":"Colour","reason":"The property is not known."}`)
}
