# Headwater. `make demo` shows it, `make test` proves it.
E2E_TARGETS := embedded container localstack aws-emulated

.PHONY: demo test conformance e2e $(E2E_TARGETS:%=e2e-%) e2e-aws build image install lint format bench bench-targets deploy-aws produce-aws destroy-aws data clean

export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = true

SOURCES := $(shell find cli emulator services producer handlers kpl integrations localstack -name '*.ts' -o -name '*.js' -o -name '*.json' -o -name '*.yaml' 2>/dev/null)

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

# the suites of DynamoDB and S3 on LocalStack, or in an account (TARGET=aws CONFIRM=yes: it costs money); SUITES="conformance/s3" names some
conformance: install
	@node --import tsx conformance/run.ts $(TARGET) $(SUITES)

# the suites of the pipelines on every target that can be had, or on one
e2e: build
	@node --import tsx e2e/run.ts

$(E2E_TARGETS:%=e2e-%): e2e-%: build
	@node --import tsx e2e/run.ts $*

# the suites in a real account: it costs money, so it asks for CONFIRM=yes; AWS_ENDPOINT_URL leads it elsewhere
e2e-aws: build
	@E2E_REQUIRE=aws node --import tsx e2e/run.ts aws

# our image, unless there is one of the same files
image: install
	node scripts/image.mjs

# A real account: profile devops-training or AWS_PROFILE, its region or AWS_REGION. PIPELINE=all takes all five, DRY_RUN=1 shows
# the changes and stops, CONFIRM=yes says yes beforehand, ARGS="--parameter ShardCount=4" goes to the command.
# AWS_PROFILE= (empty) takes the credentials of the environment.
deploy-aws produce-aws destroy-aws e2e-aws: export AWS_PROFILE ?= devops-training

deploy-aws: build
	@node dist/cli/main.js deploy $(PIPELINE) --target aws --next-steps $(if $(DRY_RUN),--dry-run) $(ARGS)

produce-aws: build
	@node dist/cli/main.js produce $(PIPELINE) --target aws $(ARGS)

destroy-aws: build
	@node dist/cli/main.js destroy $(PIPELINE) --target aws $(ARGS)

lint: install
	npx oxlint --type-aware --deny-warnings
	npx oxfmt --check

format: install
	npx oxfmt

bench: build
	node --import tsx bench/run.ts

# the targets side by side, into the README's table
bench-targets: build
	node --import tsx bench/targets.ts --readme

# the real dataset, from the State of New York
data: install
	node scripts/download-rivers.mjs

clean:
	rm -rf dist
