# Hengjian 衡鉴. `make run` and `make test` are all the set-up anyone needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: run build test faults lint bench demo docs clean tools ui fonts deps-run deps-test test-go test-web test-e2e check-generated

FONTS := certificates/fonts/NotoSerifSC-Regular.ttf
WITHPG := go run ./internal/database/dbtest/withpg

## run: build everything and start Hengjian on http://localhost:8080 with a demo bureau
run: deps-run build
	@exec ./bin/hengjian serve --demo

## build: the browser app, the fonts and the program, into bin/hengjian
build: ui
	@echo "== building bin/hengjian"
	@go build -o bin/hengjian .

## ui: install the npm packages, copy the fonts and build the browser app
ui: web/dist/index.html $(FONTS)

web/node_modules/.installed: web/package.json web/package-lock.json
	@echo "== installing npm packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(FONTS): web/node_modules/.installed scripts/fonts.sh
	@echo "== copying the document fonts"
	@scripts/fonts.sh

WEB_SOURCES := $(shell find web/src web/public -type f ! -name '*.gen.d.ts' 2>/dev/null) web/index.html web/vite.config.ts api/openapi.json
web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@echo "== building the browser app"
	@cd web && npm run --silent gen && npm run --silent build

## test: install what is missing, then every test: Go with the race detector on a real PostgreSQL, vitest, Playwright
test: deps-test build
	@scripts/test.sh

## faults: files on a real S3 server, documents while program and PostgreSQL are killed; not part of `make test`
faults: deps-test $(FONTS)
	@scripts/faults.sh

## lint: golangci-lint and the checks of the browser app
lint: tools
	@echo "== golangci-lint"
	@bin/golangci-lint run ./...

tools: bin/golangci-lint
bin/golangci-lint: tools/go.mod
	@echo "== building golangci-lint (minutes on a cold cache)"
	@cd tools && go build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

## bench: the figures of docs/performance.md, as ratios in one run
bench: deps-test build
	@scripts/bench.sh

## docs: write what is generated: the OpenAPI document, docs/states.md and docs/events.md
docs:
	@go run . docs

deps-run:
	@scripts/deps.sh run
deps-test:
	@scripts/deps.sh test

clean:
	rm -rf bin web/dist/assets web/dist/*.html web/node_modules
