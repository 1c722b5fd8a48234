package memory_test

import (
	"testing"

	"liksom/server/store/memory"
	"liksom/server/store/storetest"
	"liksom/server/webhook"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(_ *testing.T, plan webhook.Plan) storetest.Store { return memory.New(plan) })
}
