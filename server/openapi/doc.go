// Package openapi describes every API of the simulator: those it imitates and
// its own.
//
// The descriptions are OpenAPI 3.1 documents that we wrote, the .yaml files
// beside this one. They are served as JSON and as a page to read, and the
// tests hold every request and answer against them (package openapitest).
package openapi
