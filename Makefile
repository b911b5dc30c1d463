# One set of commands, the same on a laptop and in CI. All it needs is Python 3.11 or newer and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-for-bench
NODE_STAMP  := ui/node_modules/.package-lock.json
APP         := api/static/app/index.html
CLIENT      := ui/src/api/schema.ts
# The machine's Node.js, unless it is missing or too old: then the one that came as a wheel.
NPM         := PATH="$(PATH):$(abspath $(BIN))" npm --prefix ui
ROOMS   := domain commands projections adapters api
CHECKED := $(foreach folder,$(ROOMS) tests bench,$(if $(wildcard $(folder)/*.py),$(folder)))
# Twice as many as there are processors: tests of processes, brokers and browsers wait a good deal.
JOBS    ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))))
SLOW_JOBS ?= $(shell echo $$((1 + $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))))
ARGS    ?=
MINUTES ?= 10
EFFORT  ?= 4
ONLY    ?=
SEED    ?=

.PHONY: help setup run cluster test test-slow check format client rig bench bench-full lock clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Options are given by ARGS, for example: make run ARGS='--port 9000', make test ARGS='-k sla'"

setup: $(STAMP) $(APP) ## Install everything into .venv (nothing to do when nothing changed)

run: $(STAMP) $(APP) ## Start Chronodesk with demo data, a PostgreSQL included
	@$(BIN)/chronodesk serve --demo $(ARGS)

cluster: $(STAMP) $(APP) ## The same on two APIs, three workers, and a Kafka, as plain processes (ARGS='--help')
	@$(BIN)/python -m tests.cluster $(ARGS)

# Tests start programs by the dozen, which need not compile their modules each time. Those of a module
# stay together, as they share a desk or a browser.
test: $(STAMP) $(APP) ## Run all tests that take seconds, in parallel (JOBS=2 to choose how many at once)
	@$(NPM) run --silent test
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -m 'not slow' -n $(JOBS) --dist loadscope $(ARGS)

# Each of them starts processes of its own, so that few at a time keep a machine busy.
test-slow: $(STAMP) $(APP) ## Run the others: crashes, clusters, every benchmark in small
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -m slow -n $(SLOW_JOBS) --maxschedchunk 1 $(ARGS)

check: $(STAMP) $(NODE_STAMP) ## Check format, lint, types and the direction of imports
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/mypy $(CHECKED)
	@$(BIN)/lint-imports
	@$(call make_client,ui/node_modules/.cache/schema.ts)
	@cmp -s ui/node_modules/.cache/schema.ts $(CLIENT) || { \
	  echo "The API has changed, and the web app's client does not know: run make client." >&2; exit 1; }
	@$(NPM) run --silent check

format: $(STAMP) $(NODE_STAMP) ## Format the code and apply the lint fixes that are safe
	@$(BIN)/ruff format $(CHECKED)
	@$(BIN)/ruff check --fix $(CHECKED)
	@$(NPM) run --silent format

client: $(STAMP) $(NODE_STAMP) ## Generate the web app's client from the API's description
	@$(call make_client,$(CLIENT))

rig: $(STAMP) ## Try to make the log lose something, for MINUTES=10 (SEED= plays a round again, ONLY= some)
	@$(BIN)/python -m tests.rig --minutes $(MINUTES) --effort $(EFFORT) --only '$(ONLY)' $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: $(BENCH_STAMP) ## Measure, each figure beside a yardstick; a few minutes (ARGS='--help')
	@$(BIN)/python -m bench $(ARGS)

bench-full: $(BENCH_STAMP) ## The same with more rounds and with a million tickets
	@$(BIN)/python -m bench --scale full $(ARGS)

clean: ## Remove what was installed and what tools left behind (your data in .chronodesk stays)
	@rm -rf $(VENV) ui/node_modules api/static/app build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .venv-lock
	@find . -name __pycache__ -type d -not -path './ui/*' -prune -exec rm -rf {} +

# ── How it is installed ──────────────────────────────────────────────────────────────────────────

define CHECK_PYTHON
import sys
if sys.version_info < (3, 11):
    sys.exit("Chronodesk needs Python 3.11 or newer, and this one is %d.%d (%s).\n"
             "Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12"
             % (sys.version_info[0], sys.version_info[1], sys.executable))
try:
    import ensurepip, venv
except ImportError:
    sys.exit("This Python (%s) cannot make virtual environments: it lacks `venv` or `ensurepip`.\n"
             "On Debian or Ubuntu: apt-get install python3-venv; or name another one by PYTHON="
             % sys.executable)
endef
export CHECK_PYTHON

$(STAMP): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c "$$CHECK_PYTHON"
	@test -x $(BIN)/python && $(BIN)/python -c pass 2>/dev/null || { \
	  echo "Making $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the locked dependencies into $(VENV) (a minute or two the first time) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# ── The web app ──

define CHECK_NODE
const [major, minor] = process.versions.node.split(".").map(Number);
process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
endef
export CHECK_NODE

$(NODE_STAMP): ui/package-lock.json ui/package.json ui/.npmrc $(STAMP)
	@node -e "$$CHECK_NODE" 2>/dev/null && command -v npm >/dev/null 2>&1 || { \
	  echo "Installing Node.js from a wheel, since there is none here that is new enough ..."; \
	  $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-node.lock; }
	@echo "Installing what the web app is built with ..."
	@$(NPM) ci --silent
	@touch $@

$(APP): $(NODE_STAMP) $(shell find ui/src ui/index.html ui/vite.config.ts -type f 2>/dev/null)
	@echo "Building the web app ..."
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

# $(1): the file to write.
define make_client
mkdir -p ui/node_modules/.cache && $(BIN)/chronodesk openapi --for staff > ui/node_modules/.cache/openapi.json \
  && PATH="$(PATH):$(abspath $(BIN))" ui/node_modules/.bin/openapi-typescript \
  ui/node_modules/.cache/openapi.json --output $(1) --root-types --root-types-no-schema-prefix --alphabetize --default-non-nullable false >/dev/null
endef

# Only measurements need these: other event stores to compare with, and the plot.
$(BENCH_STAMP): requirements-bench.lock $(STAMP)
	@echo "Installing what the measurements compare with ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-bench.lock
	@touch $@

UV_COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml

lock: ## Resolve the newest allowed versions into the lock files
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet uv; }
	@$(UV_COMPILE) --output-file requirements.lock
	@$(UV_COMPILE) --output-file requirements-dev.lock --extra dev --constraint requirements.lock
	@$(UV_COMPILE) --output-file requirements-bench.lock --extra bench --constraint requirements-dev.lock
	@$(UV_COMPILE) --output-file requirements-node.lock --extra node --constraint requirements-dev.lock
	@echo "Locked. Look at the difference, then: make check test"
