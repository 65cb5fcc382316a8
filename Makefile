# Two commands need nothing but Go, make and bash: `make run` and `make test`.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
IMAGE ?= bailiwick:$(VERSION)
ARCH ?= $(shell go env GOARCH)
# A static program for Linux, with which an image is made and of which the SBOM tells.
LINUX := bin/linux-$(ARCH)/bailiwick

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
	KUBEBUILDER_ASSETS=$$(e2e/tools/build) && export KUBEBUILDER_ASSETS && go test -race -timeout 30m ./...
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

.PHONY: $(LINUX)
$(LINUX):
	CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./cmd/bailiwick

.PHONY: image-tar
image-tar: $(LINUX) ## build the same image without a container engine, as bin/bailiwick-image-ARCH.tar
	go run ./release/image -t $(IMAGE) -o bin/bailiwick-image-$(ARCH).tar $(LINUX)

.PHONY: sbom
sbom: $(LINUX) ## write what the program is made of as bin/bailiwick-sbom-ARCH.cdx.json (CycloneDX)
	go run ./release/sbom -v $(VERSION) -o bin/bailiwick-sbom-$(ARCH).cdx.json $(LINUX)

.PHONY: e2e-images
e2e-images: $(LINUX)
	mkdir -p bin/e2e
	for tag in current previous; do \
	  go run ./release/image -t ghcr.io/bailiwick-dev/bailiwick:$$tag -o bin/e2e/$$tag.tar $(LINUX); \
	done

.PHONY: e2e-node
e2e-node: e2e-images ## install the chart on a real node and operate it: needs root on Linux, and ten minutes the first time
	KUBEBUILDER_ASSETS=$$(e2e/tools/build) && BAILIWICK_NODE_ASSETS=$$(e2e/tools/build-node) && \
	export KUBEBUILDER_ASSETS BAILIWICK_NODE_ASSETS && go test -count=1 -v ./e2e/node ./e2e/cluster

.PHONY: e2e-kind
e2e-kind: e2e-images ## the same tests on kind: needs docker, kind, helm and kubectl
	e2e/kind.sh

CHARTS ?= bin/charts
.PHONY: charts
charts: ## package the charts, and write the index of a chart repository beside them
	helm=$$(e2e/tools/build)/helm && rm -rf $(CHARTS) && \
	  "$$helm" package charts/bailiwick charts/harvester-rbac --destination $(CHARTS) && "$$helm" repo index $(CHARTS)

.PHONY: clean
clean: ## remove what the other targets made here
	rm -rf bin $(RUN)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
