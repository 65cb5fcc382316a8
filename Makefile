# Two commands need nothing but Go, make and bash: `make run` and `make test`.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
IMAGE ?= bailiwick:$(VERSION)

# What `make run` serves: the examples, as the cluster that its tenants share.
RUN := .run
ASK := curl -sS --cacert $(RUN)/ca.crt -H 'Content-Type: application/json'

.PHONY: run
run: build ## serve the examples on 127.0.0.1:9443 and print what to ask
	@echo
	@echo "Once it serves, paste these into another terminal, here in $(CURDIR):"
	@echo
	@echo "  # may foo list pods in foo-eng? yes, and why"
	@echo "  $(ASK) -d @examples/requests/sar-allowed.json https://127.0.0.1:9443/authorize"
	@echo
	@echo "  # may bar? Bailiwick has no opinion, so RBAC would decide"
	@echo "  $(ASK) -d @examples/requests/sar-refused.json https://127.0.0.1:9443/authorize"
	@echo
	@echo "  # may foo deploy to clusters labelled org=bar.io? no, and why"
	@echo "  $(ASK) -d @examples/requests/admission-refused.json https://127.0.0.1:9443/validate/profiles"
	@echo
	@echo "Ctrl-C stops it."
	@echo
	@exec bin/bailiwick serve --policy-dir examples/policy --cluster SveltosCluster:gke/internal \
	  --self-signed --cert-out $(RUN) --insecure-no-client-auth --drain 0s

.PHONY: demo
demo: build ## start a real kube-apiserver wired to Bailiwick, and print how to be tenant foo
	KUBEBUILDER_ASSETS=$$(e2e/tools/build) && export KUBEBUILDER_ASSETS && exec go run ./e2e/demo

.PHONY: test
test: ## run every test, with the race detector and a real kube-apiserver
	KUBEBUILDER_ASSETS=$$(e2e/tools/build) && export KUBEBUILDER_ASSETS && go test -race ./...
	go test ./policy/selector # all its random cases, of which the race detector leaves time for few
	go -C e2e/oracle test ./... # kube-apiserver's own RBAC authorizer gives the same answers

.PHONY: lint
lint: ## run the linters of .golangci.yml
	go run $(GOLANGCI_LINT) run

.PHONY: bench
bench: ## compare the server with its floor, and time the decision
	go run ./bench
	go test -run '^$$' -bench . -benchmem ./authorizer ./policy ./policy/selector

.PHONY: generate
generate: ## write the generated docs and golden files anew
	KUBEBUILDER_ASSETS=$$(e2e/tools/build) && export KUBEBUILDER_ASSETS && go generate ./...

.PHONY: build
build: ## build bin/bailiwick
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/bailiwick ./cmd/bailiwick

.PHONY: image
image: ## build the container image
	docker build --build-arg VERSION=$(VERSION) -t $(IMAGE) .

.PHONY: clean
clean: ## remove what the other targets made here
	rm -rf bin $(RUN)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
