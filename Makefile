help: ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

build: ## the binary, ./podium
	CGO_ENABLED=0 go build -o podium .

test: ## every test
	go test ./...

race: ## every test under the race detector (needs cgo)
	go test -race -short ./...

soak: ## the long tests: hundreds of clients, a thousand broken downloads, 4 GiB, 100,000 photos, pseudo-labels; TMPDIR says to which disk
	PODIUM_SOAK=1 go test -p 1 -run 'TestManyClients|TestKilled|TestFaultRuns|TestRangesBoundaries|TestDownloadMemory|TestPhotosMemory|TestPseudoMemory' -v -timeout 90m . ./kaggle/... ./features

bench-download: ## 1 GiB over the loopback beside curl; TMPDIR says to which disk
	PODIUM_SOAK=1 go test -run TestDownloadBesideCurl -v -count 1 .

lint: ## gofmt, vet, golangci-lint
	gofmt -l . && go vet ./... && golangci-lint run

generate: ## the assembly, from its generators
	go generate ./...

bench: ## the benchmark cases of this machine
	go run . bench

bench-peers: ## the same cases and the nets' numbers beside the newest PyTorch (installs it; ARGS="--rounds 2 --case ...")
	bash internal/cli/testdata/peers/run.sh $(ARGS)

conformance: ## Kaggle's own clients, from pip, against the sandbox
	bash kaggle/sandbox/testdata/conformance/run.sh

ci: ## all that a change must pass
	bash .ci/run

.PHONY: help build test race soak lint generate bench bench-download bench-peers conformance ci
