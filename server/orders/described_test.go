package orders_test

import (
	"testing"

	"liksom/server/openapi/openapitest"
	"liksom/server/orders"
)

func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	openapitest.Complete(t, "order-management", openapitest.Routes(t, (&orders.API{}).Routes()))
}
