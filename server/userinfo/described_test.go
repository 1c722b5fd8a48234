package userinfo_test

import (
	"testing"

	"liksom/server/openapi/openapitest"
	"liksom/server/userinfo"
)

func TestTheDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	openapitest.Complete(t, "userinfo", openapitest.Routes(t, (&userinfo.API{}).Routes()))
}
