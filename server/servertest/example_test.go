package servertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/servertest"
)

func TestARideIsPaid(t *testing.T) {
	sim := servertest.Start(t)
	hooks := sim.Webhooks(t)

	sim.CreatePayment(t, "taxi-ride-000417", 24900)
	sim.Approve(t, "taxi-ride-000417")

	require.Equal(t, "AUTHORIZED", sim.Payment(t, "taxi-ride-000417").State)
	require.EqualValues(t, 24900, hooks.Wait(t, "taxi-ride-000417", "AUTHORIZED").Amount.Value)
}
