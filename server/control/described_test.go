package control

import (
	"testing"

	"liksom/server/openapi/openapitest"
)

func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	served := append(openapitest.Routes(t, (&Control{}).routes()),
		"GET /sim/v1/phones/{number}/ws", "GET /sim/v1/openapi.json", "GET /metrics") // by other rooms
	openapitest.Complete(t, "sim", served)
}
