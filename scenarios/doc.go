// Package scenarios is the scripting language and its runner.
//
// The room is laid out but not furnished: scripts run against a simulator,
// near or far, through its public doors alone.
package scenarios
