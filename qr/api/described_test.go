package api_test

import (
	"testing"

	"liksom/qr/api"
	"liksom/server/openapi/openapitest"
)

func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	openapitest.Complete(t, "qr", openapitest.Routes(t, (&api.API{}).Routes()))
}
