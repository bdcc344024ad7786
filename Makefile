# Every job of this repository. Stamps (.venv/.*, node_modules/.installed) make a second run skip what is up to date.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SNAPSHOT := src/weft/schema/schema.graphql
PY_SOURCES := $(wildcard src tests benchmarks docs/examples tools/docs clients/python/src)
PAGES := playground graphiql
PAGE_FILES := $(PAGES:%=src/weft/web/%/index.html)
NODE := $(patsubst %/package-lock.json,%/node_modules/.installed,$(wildcard tests/*/package-lock.json clients/*/package-lock.json))
# Each process has a mongod of its own; the tests of a file stay together, for they share a store. In order, because
# files of few and long tests, which come last otherwise, leave processes idle at the end. They mostly wait.
JOBS ?= 4
PYTEST = $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
NPM_CI := npm ci --no-update-notifier --no-audit --no-fund --loglevel=error

.PHONY: help install web run docs docs-serve test test-atlas check coverage bench bench-peers bench-retrieval trials chaos audit schema clients \
  format lint types layers schema-check wheel-check clients-check clients-test test-deps lock clean

help: ## what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# ---------------------------------------------------------------- use
install: .venv/.installed ## create .venv with the locked dependencies and weft itself

web: $(PAGE_FILES) ## build the pages into src/weft/web

run: install web ## everything needed, then MongoDB and the server on 127.0.0.1:8000
	@exec $(BIN)/weft dev

docs: .venv/.docs ## build the site of docs/ into site/; broken links fail
	$(BIN)/python -m tools.docs build

docs-serve: .venv/.docs ## show the site while you write
	$(BIN)/python -m tools.docs serve

# ---------------------------------------------------------------- prove
test: test-deps web clients-test ## run every test; JOBS=2 for fewer processes at once
	$(PYTEST)

test-atlas: .venv/.dev ## tests of search on a real Atlas: that of WEFT_TEST_ATLAS_URI, or one that Docker starts
	tools/test-atlas

check: lint types layers schema-check wheel-check clients-check docs test ## all that CI asks: style, types, layers, schema, wheels, clients, docs, tests

coverage: test-deps web ## run every test and tell which lines none has run
	$(PYTEST) --cov --cov-report=term

lint: .venv/.dev
	$(BIN)/ruff format --check $(PY_SOURCES)
	$(BIN)/ruff check $(PY_SOURCES)

types: .venv/.dev
	$(BIN)/mypy $(PY_SOURCES)
	$(BIN)/basedpyright $(PY_SOURCES)

layers: .venv/.dev
	$(BIN)/lint-imports --no-cache

schema-check: .venv/.installed
	@$(BIN)/weft schema print | diff -u $(SNAPSHOT) - \
	  || { echo "$(SNAPSHOT) is not what the code says: run 'make schema' and commit the difference" >&2; exit 1; }

wheel-check: .venv/.dev web
	tools/check-wheel
	tools/client-python wheel

# What is generated is what the schema says; what is hand-written is what the compiler takes, and as small as it promises.
clients-check: .venv/.dev $(NODE)
	tools/client-python check
	cd clients/typescript && npm run --silent generate:check && npm run --silent check && npm run --silent build && npm run --silent size
	cd clients/playground && npm run --silent generate:check
	cd clients/recipes && npm run --silent check

clients-test: $(NODE)
	cd clients/typescript && npm run --silent build && npm run --silent test
	cd clients/playground && npm run --silent test

bench: test-deps ## the figures: one JSON line each, with its floor from the same run
	$(BIN)/python -m benchmarks

bench-peers: .venv/.dev ## Weft beside LangGraph, Agno and Mastra, ten minutes; PEERS="agno mastra" for some
	$(BIN)/python -m benchmarks.peers $(if $(PEERS),weft $(PEERS))

bench-retrieval: .venv/.dev ## does search find the right thing? 188 questions, a real embedding model; STUDY=1: why so
	$(BIN)/python -m benchmarks.retrieval $(if $(STUDY),--study)

trials: .venv/.dev ## thousands of made-up documents, sockets that say anything, slow ones; TRIALS=300 of each kind
	TRIALS=$(or $(TRIALS),150) SLOW=$(or $(SLOW),60) $(BIN)/pytest tests/trials --deselect tests/trials/test_chaos.py

chaos: .venv/.dev ## servers, workers and mongod killed under users for minutes; SECONDS=600, SEED=7
	$(BIN)/python -m tests.trials.chaos

audit: .venv/.dev ## known vulnerabilities of everything that is locked; asks PyPI and npm
	tools/audit

# ---------------------------------------------------------------- change
schema: .venv/.installed ## write the schema snapshot
	$(BIN)/weft schema print > $(SNAPSHOT).new
	mv $(SNAPSHOT).new $(SNAPSHOT)

clients: .venv/.dev $(NODE) ## make the generated half of the clients anew, after the schema or an operation has changed
	tools/client-python write
	cd clients/typescript && npm run --silent generate
	cd clients/playground && npm run --silent generate

format: .venv/.dev ## format and mend what ruff can mend
	$(BIN)/ruff check --fix --quiet $(PY_SOURCES) || true
	$(BIN)/ruff format $(PY_SOURCES)

lock: .venv/.dev ## resolve pyproject.toml again; UPGRADE=1 takes newer versions
	tools/lock $(if $(UPGRADE),--upgrade)
	tools/client-python lock $(if $(UPGRADE),--upgrade)

clean: ## remove what was built; .weft, your data, stays
	rm -rf .venv dist build .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf src/weft/web site docs/reference clients/*/node_modules clients/*/dist tests/*/node_modules clients/python/codegen/.venv

# ---------------------------------------------------------------- how
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Weft needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.docs: requirements-docs.lock .venv/.dev
	$(PIP) install --require-hashes -r requirements-docs.lock
	@touch $@

%/node_modules/.installed: %/package-lock.json
	cd $* && $(NPM_CI)
	@touch $@

# A page is newer than everything in its folder that is not built, and than the client it is made of: `find` lists the sources
# at parse time.
define page
src/weft/web/$(1)/index.html: clients/$(1)/node_modules/.installed \
  $$(shell find clients/$(1) $(if $(filter playground,$(1)),clients/typescript/src) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	cd clients/$(1) && npm run --silent build -- --logLevel warn
	@touch $$@
endef
$(foreach p,$(PAGES),$(eval $(call page,$(p))))

test-deps: .venv/.dev $(NODE)
	@tools/chromium
