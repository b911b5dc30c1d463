# One set of commands, the same on a laptop and in CI. All it needs is Python 3.11 or newer and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-for-bench
ROOMS   := domain commands projections adapters api
CHECKED := $(foreach folder,$(ROOMS) tests bench,$(if $(wildcard $(folder)/*.py),$(folder)))
# One more than there are processors: some tests wait for what was killed to come back.
JOBS    ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)))
ARGS    ?=
MINUTES ?= 10
EFFORT  ?= 4
ONLY    ?=
SEED    ?=

.PHONY: help setup run test check format rig bench bench-full lock clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Options are given by ARGS, for example: make run ARGS='--port 9000', make test ARGS='-k sla'"

setup: $(STAMP) ## Install everything into .venv (nothing to do when nothing changed)

run: $(STAMP) ## Start Chronodesk with demo data, a PostgreSQL included
	@$(BIN)/chronodesk serve --demo $(ARGS)

# Tests start programs by the dozen, which need not compile their modules each time.
test: $(STAMP) ## Run all tests, in parallel (JOBS=2 to choose how many at once)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(JOBS) --maxschedchunk 1 $(ARGS)

check: $(STAMP) ## Check format, lint, types and the direction of imports
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/mypy $(CHECKED)
	@$(BIN)/lint-imports

format: $(STAMP) ## Format the code and apply the lint fixes that are safe
	@$(BIN)/ruff format $(CHECKED)
	@$(BIN)/ruff check --fix $(CHECKED)

rig: $(STAMP) ## Try to make the log lose something, for MINUTES=10 (SEED= plays a round again, ONLY= some)
	@$(BIN)/python -m tests.rig --minutes $(MINUTES) --effort $(EFFORT) --only '$(ONLY)' $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: $(BENCH_STAMP) ## Measure, each figure beside a yardstick; a few minutes (ARGS='--help')
	@$(BIN)/python -m bench $(ARGS)

bench-full: $(BENCH_STAMP) ## The same with more rounds and with a million tickets
	@$(BIN)/python -m bench --scale full $(ARGS)

clean: ## Remove what was installed and what tools left behind (your data in .chronodesk stays)
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .venv-lock
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
