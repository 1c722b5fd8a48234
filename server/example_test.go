package server_test

import (
	"context"
	"fmt"
	"log"

	"liksom/server"
	"liksom/server/client"
)

// A simulator in a program of one's own, on a free port.
func Example() {
	ctx := context.Background()
	sim, err := server.New(ctx, server.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = sim.Stop(ctx) }()
	if err := sim.Start(ctx); err != nil {
		log.Fatal(err)
	}

	shop := client.New(sim.URL())
	_, err = shop.CreatePayment(ctx, client.CreatePayment{
		Amount: client.NOK(24900), Reference: "taxi-ride-000417", UserFlow: client.WebRedirect, ReturnURL: "https://taxi.example/",
	})
	if err != nil {
		log.Fatal(err)
	}
	paid, err := shop.Approve(ctx, "taxi-ride-000417")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(paid.State)
	// Output: AUTHORIZED
}

// Scenarios run against any simulator, here the one that plays them.
func Example_scenarios() {
	ctx := context.Background()
	sim, err := server.New(ctx, server.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = sim.Stop(ctx) }()
	if err := sim.Start(ctx); err != nil {
		log.Fatal(err)
	}

	tester := client.New(sim.URL())
	run, err := tester.RunScenarios(ctx, client.RunPlan{Scenarios: []string{"retry-ladder"}})
	for err == nil && run.State == "running" {
		run, err = tester.ScenarioRun(ctx, run.ID, run.Version, 10*minute)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Scenarios[0].Title+":", run.State)
	// Output: The whole ladder of retries: passed
}
