# Every target sets up what it needs. ARGS goes to the command behind the target: make test ARGS='-k resume'
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
ARGS ?=
# Tests wait more than they compute, so there are more of them at a time than small machines have cores.
WORKERS ?= 5
# Those of the two projects only compute: beyond the cores, each process more collects and generates all of it once more.
COMPUTING = -n logical --maxprocesses $(WORKERS)
# What ARGS selects may stand in one of the folders only; pytest says 5 for the others.
NOTHING_SELECTED := $(if $(ARGS),[ $$? = 5 ],false)
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development

# Each process has stacks of its own and writes down what it saw on the wire; the last line judges all of that.
TRAFFIC := build/traffic
define CONTRACT_TESTS
	@rm -rf $(TRAFFIC)
	$(BIN)/python -m pytest contract-tests --ignore contract-tests/traffic --traffic $(TRAFFIC) -n $(WORKERS) --dist loadgroup $(ARGS) || $(NOTHING_SELECTED)
	$(BIN)/python -m pytest contract-tests/traffic --traffic $(TRAFFIC) $(ARGS) || $(NOTHING_SELECTED)
endef

# Every target with a line of help is a command, not a file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUNTIME): requirements.lock pyproject.toml contractkit/pyproject.toml sse-conformance/pyproject.toml gateway/outgoing/_speedups.c
	@bash scripts/setup "$(PYTHON)" requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock pyproject.toml $(RUNTIME)
	@bash scripts/setup "$(PYTHON)" requirements-dev.lock
	@touch $@

demo: $(RUNTIME) ## Start everything, order an environment and watch it (ARGS=--once ends when it is done)
	@exec $(BIN)/slipway demo $(ARGS)

up: $(RUNTIME) ## Start everything and keep it running
	@exec $(BIN)/slipway up $(ARGS)

test: $(DEVELOPMENT) ## Run the tests; what a missing service skips is said
	$(BIN)/python -m pytest tests -n $(WORKERS) --dist worksteal $(ARGS) || $(NOTHING_SELECTED)
	$(BIN)/python -m pytest contractkit/tests -p no:schemathesis $(COMPUTING) --dist worksteal $(ARGS) || $(NOTHING_SELECTED)
	$(BIN)/python -m pytest sse-conformance/tests -p no:schemathesis $(COMPUTING) --dist worksteal $(ARGS) || $(NOTHING_SELECTED)
	$(CONTRACT_TESTS)

check: $(DEVELOPMENT) ## Lint, types, import contracts and generated code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/contractkit lint --fail-on warning
	$(BIN)/contractkit check

audit: ## Look for known vulnerabilities in the lock files (ARGS=--require fails where nobody can be asked)
	$(PYTHON) scripts/audit.py $(ARGS)

check-newest: ## Run the fast tests on the newest versions of all libraries (some minutes)
	$(PYTHON) scripts/newest.py $(ARGS)

format: $(DEVELOPMENT) ## Format the handwritten code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

web: web/node_modules/.installed ## Build the console into web/out (ARGS=dev: run it beside a live stack and reload)
	@if [ "$(ARGS)" = dev ]; then cd web && exec npm run --silent dev; else cd web && npm run --silent build && cd .. && $(PYTHON) scripts/console.py record; fi

web/node_modules/.installed: web/package-lock.json $(wildcard generated/typescript/*.js generated/typescript/*.d.ts)
	cd web && npm ci --silent
	@touch $@

generate: $(RUNTIME) ## Generate code, clients and documents from specs/
	$(BIN)/contractkit generate $(ARGS)
	$(BIN)/slipway settings > docs/settings.md
	$(BIN)/slipway reference > docs/reference.md

docs-site: $(DEVELOPMENT) ## Build the documentation as a site, into build/site; a broken link fails
	$(BIN)/sphinx-build -W --keep-going -q -b html -c docs/site . build/site $(ARGS)

wheel: $(DEVELOPMENT) ## Build the wheel of the contracts for integrators, into build/
	cd generated/package && ../../$(BIN)/python -m hatchling build -t wheel -d "$(CURDIR)/build"

diff: $(DEVELOPMENT) ## Compare the contracts with where the work left main (ARGS="v1.0.0 HEAD")
	$(BIN)/contractkit diff $(ARGS)

contract: $(DEVELOPMENT) ## Run the contract tests
	$(CONTRACT_TESTS)

chaos: $(DEVELOPMENT) ## Break everything while clients listen (ARGS='--seconds 60')
	@exec $(BIN)/python -m benchmarks.chaos $(ARGS)

bench: bench-pipeline bench-fanout ## Run all benchmarks

bench-pipeline: $(DEVELOPMENT) ## Orders and jobs per second, beside the guide's design
	@exec $(BIN)/python -m benchmarks.pipeline $(ARGS)

bench-fanout: $(DEVELOPMENT) ## Deliveries per second and core, beside other servers
	@exec $(BIN)/python -m benchmarks.fanout $(ARGS)

bench-depth: $(DEVELOPMENT) ## A million jobs: statements, processes, a week (40 minutes; ARGS='--only statements')
	@exec $(BIN)/python -m benchmarks.depth $(ARGS)

bench-waiting: $(DEVELOPMENT) ## What 10,000 environments in creation cost one worker (6 minutes)
	@exec $(BIN)/python -m benchmarks.waiting $(ARGS)

bench-check: $(DEVELOPMENT) ## Short forms of the benchmarks beside the last release's (ARGS='main --only pipeline')
	@exec $(BIN)/python -m benchmarks.check $(ARGS)

bench-gate: $(DEVELOPMENT) ## How the cost of contractkit diff grows with the documents
	@cd contractkit && exec ../$(BIN)/python -m bench $(ARGS)

fuzz-gate: $(DEVELOPMENT) ## Hold contractkit diff against sampling with a validator (ARGS='--seconds 60')
	@cd contractkit && exec ../$(BIN)/python -m fuzz $(ARGS)

fuzz-models: $(DEVELOPMENT) ## Hold generated servers against a JSON Schema validator (ARGS='--seconds 60')
	@cd contractkit && exec ../$(BIN)/python -m fuzz.models $(ARGS)

fuzz-compiler: $(DEVELOPMENT) ## Break documents at random and generate from them (ARGS='--seconds 3600')
	@exec $(BIN)/python contractkit/tools/fuzz.py $(ARGS)

foreign: $(DEVELOPMENT) ## Pass messages through a RabbitMQ for documents of strangers (ARGS='../shared/corpus')
	@exec $(BIN)/python contractkit/tools/foreign.py $(ARGS)

corpus: $(DEVELOPMENT) ## Generate from a folder of documents and check every tree (ARGS='../corpus --tsc PATH')
	@exec $(BIN)/python contractkit/tools/corpus.py $(ARGS)

bench-compiler: $(DEVELOPMENT) ## Processor time of generating 2,000 schemas and 500 operations
	@exec $(BIN)/python contractkit/tools/bench.py $(ARGS)

bench-documents: $(DEVELOPMENT) ## How soon a documentation page of 500 operations is open, searched and scrolled
	@exec $(BIN)/python -m benchmarks.documents $(ARGS)

release: $(DEVELOPMENT) ## Name a version, store its contracts, commit and tag (ARGS=1.2.0)
	$(BIN)/python scripts/release.py $(ARGS)

lock: ## Lock the dependencies again (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 contractkit/pyproject.toml --group app -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 contractkit/pyproject.toml --group dev -o requirements-dev.lock

clean: ## Remove the environment and what was built
	rm -rf .venv .slipway build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
