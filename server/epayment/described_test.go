package epayment_test

import (
	"testing"

	"liksom/server/epayment"
	"liksom/server/openapi/openapitest"
)

func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	openapitest.Complete(t, "epayment", openapitest.Routes(t, (&epayment.Door{}).Routes()))
}
