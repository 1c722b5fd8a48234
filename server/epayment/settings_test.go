package epayment_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/epayment"
)

func TestExpressMayNeedExactlyFourScopes(t *testing.T) {
	t.Parallel()
	for scope, status := range map[string]int{
		"name address email phoneNumber":           201,
		"phoneNumber email name address name":      201,
		"address":                                  400,
		"name address email":                       400,
		"name address email phoneNumber birthDate": 400,
	} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settings.ExpressFourScopes = true
			got := w.create("k", with(changes{"profile": `{"scope":"` + scope + `"}`, "shipping": someOptions}))
			require.Equal(t, status, got.Code, got.Body)
			if status == 400 {
				require.Equal(t, "4080", got.doc().ExtraDetails[0].Reason)
			}
		})
	}
	w := newWorld(t)
	w.settings.ExpressFourScopes = true
	w.create("k", with(changes{"profile": `{"scope":"name"}`})).status(201)
}

func TestAReplayHasTheFormOfItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openapi.Off("the documents tell the usual form of errors only")
	w.settings.ErrorsToldBy = directory.ByType
	body := with(changes{"amount": `{"currency":"NOK","value":1}`})
	first := w.create("k", body)
	require.Contains(t, first.Body.String(), `{"type":"urn:error:amount-too-small","title":"Amount too small","detail":`)
	w.settings = directory.DefaultSettings()
	require.Equal(t, first.Body.String(), w.create("k", body).Body.String())
	require.Contains(t, w.create("k2", body).Body.String(), `"reason":"6010"`)
}

func TestValidationProblemsOf2023HaveTheUsualType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openapi.Off("the documents tell the usual form of errors only")
	w.settings.ErrorsToldBy = directory.ByType
	got := w.create("k", `{"reference":"r 1"}`)
	require.Equal(t, 400, got.Code)
	require.Contains(t, got.Body.String(), `{"type":"https://httpstatuses.io/400","title":"Bad Request",`)
	require.NotContains(t, got.Body.String(), "extraDetails")
	require.Contains(t, got.Body.String(), "reference: The field Reference must match", "what the list would have told")
}

func TestCodesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	all := epayment.Codes()
	numbers := make([]string, len(all))
	for i, c := range all {
		require.NotEmpty(t, c.Title)
		require.GreaterOrEqual(t, c.Status, 400)
		numbers[i] = c.Number
	}
	require.Equal(t, 2, len(all)-len(slices.Compact(slices.Clone(numbers)))+1, "4150 stands twice, nothing else does")
}
