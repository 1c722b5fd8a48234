package api

import (
	"testing"

	"liksom/server/openapi/openapitest"
)

func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	openapitest.Complete(t, "webhooks", openapitest.Routes(t, (&API{}).routes()))
}
