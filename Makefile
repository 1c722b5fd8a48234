# Liksom's commands. `make` lists them.

GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BENCH    ?= .
BENCHTIME ?= 2s

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## set up what is needed and run the simulator
	./bin/liksom serve $(ARGS)

.PHONY: build
build: go ## build bin/liksom
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/liksom .

.PHONY: test
test: go tools ## install what the tests need, then run them all
	.ci/test

.PHONY: tools
tools: ## install what the tests need: Chromium, PostgreSQL, and the vendor's SDK for Node
	.ci/tools

.PHONY: race
race: go ## run what has many goroutines with the race detector
	.ci/race

.PHONY: fuzz
fuzz: go ## fuzz every decoder for a short while (FUZZTIME=30s)
	.ci/fuzz $(or $(FUZZTIME),20s)

.PHONY: bench
bench: go ## run the benchmarks (BENCH=pattern BENCHTIME=2s)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) ./...

.PHONY: screenshots
screenshots: go ## write a picture of every page to screenshots/
	LIKSOM_SCREENSHOTS=$(CURDIR)/screenshots $(GO) test -count 1 -timeout 20m -run 'Screenshots' ./server

.PHONY: lint
lint: go ## check style; the first run installs the linter and takes minutes
	$(GO) run $(LINT) run ./...

.PHONY: fmt
fmt: go ## format the Go files
	gofmt -w $$(git ls-files '*.go')

.PHONY: generate
generate: go ## write the tables that are made from code
	$(GO) generate ./docs ./scenarios

.PHONY: vendor-web
vendor-web: ## fetch the browser libraries again, at their pinned versions
	.ci/vendor-web

.PHONY: verify
verify: go ## fail when formatting, modules or vendored files have drifted
	.ci/verify

.PHONY: clean
clean: ## remove what the other targets made
	rm -rf bin screenshots coverage.out

.PHONY: go
go:
	@command -v $(GO) >/dev/null || { echo "Go 1.26 or newer is needed: https://go.dev/dl"; exit 1; }
