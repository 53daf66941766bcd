# Headwater. `make demo` shows it, `make test` proves it.
E2E_TARGETS := embedded localstack

.PHONY: demo test e2e $(E2E_TARGETS:%=e2e-%) build install lint format bench data clean

export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = true

SOURCES := $(shell find cli emulator services producer handlers -name '*.ts' -o -name '*.js' -o -name '*.yaml' 2>/dev/null)

install: node_modules/.package-lock.json

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build: dist/cli/main.js

dist/cli/main.js: node_modules/.package-lock.json scripts/build.mjs tsconfig.json tsconfig.build.json $(SOURCES)
	node scripts/build.mjs

# PIPELINE=rivers (or retail, weather, iot, sensors, all); KEEP=1 leaves the emulator running afterwards
PIPELINE ?= rivers
demo: build
	@node dist/cli/main.js demo $(PIPELINE) $(if $(KEEP),--keep)

test: install
	node scripts/test.mjs

# the suites of the pipelines on every target that can be had, or on one
e2e: build
	@node --import tsx e2e/run.ts

$(E2E_TARGETS:%=e2e-%): e2e-%: build
	@node --import tsx e2e/run.ts $*

lint: install
	npx oxlint --type-aware --deny-warnings
	npx oxfmt --check

format: install
	npx oxfmt

bench: build
	node --import tsx bench/run.ts

# the real dataset, from the State of New York
data: install
	node scripts/download-rivers.mjs

clean:
	rm -rf dist
