# Everything a contributor, a hook or CI runs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# Whatever the machine says: tests start some hundred processes, each of which would compile all modules anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo run test test-postgres trial crawl kill compare check fix messages bench audit app graph docs lock

help: ## List these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/run.ready: requirements/run.lock pyproject.toml
	@echo "Setting up Python packages in .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/dev.ready: .venv/run.ready requirements/dev.lock
	@echo "Setting up what tests and checks need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

demo: .venv/run.ready ## Set up, load the demo, serve it on 127.0.0.1:8000
	@$(BIN)/shanhai demo

run: .venv/run.ready ## Serve the data of SHANHAI_DATA_DIR with reloading (for development)
	@SHANHAI_DEBUG=1 $(BIN)/shanhai runserver 127.0.0.1:8000

test: .venv/dev.ready ## Set up and run the tests on SQLite and in the browser
	@bash tests/system_packages.sh chromium fonts poppler libreoffice java mosquitto gdal
	@echo "== SQLite and the browser"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q $(if $(app),src/shanhai/$(app),)

test-postgres: .venv/dev.ready ## Those that ask a database, and those of concurrency, on PostgreSQL
	@bash tests/system_packages.sh postgresql mosquitto
	@echo "== PostgreSQL"
	@$(if $(everything),SHANHAI_TEST_EVERYTHING=1) $(BIN)/python -m tests.with_postgres $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q -m "not browser" \
	  $(if $(app),src/shanhai/$(app),) || { test $$? -eq 77 && echo "skipped: there is no PostgreSQL server here"; }

trial: .venv/dev.ready ## Run the benchmarks at a small size, all migrations on SQLite, make app: six minutes
	@$(BIN)/python -m pytest -q -m trial tests/bench tests/architecture src/shanhai/operate

crawl: .venv/dev.ready ## Ask every address of a demo as everybody: a quarter of an hour (most=300)
	@$(BIN)/python -m tests.crawl $(most)

compare: .venv/dev.ready ## Codes and hash ids beside those of two packages of npm, on random input; styles of the map before a third (needs npm)
	@SHANHAI_DATA_DIR=$$(mktemp -d) $(BIN)/python -m tests.compare

kill: .venv/dev.ready ## Kill web, worker and console in the middle of acts, twenty times, on SQLite and PostgreSQL
	@bash tests/system_packages.sh postgresql
	@SHANHAI_DATA_DIR=$$(mktemp -d) $(BIN)/python -m tests.kill $(rounds)
	@SHANHAI_DATA_DIR=$$(mktemp -d) $(BIN)/python -m tests.with_postgres $(BIN)/python -m tests.kill $(rounds) \
	  || { test $$? -eq 77 && echo "skipped: there is no PostgreSQL server here"; }

check: .venv/dev.ready ## Format, lint, types, layers, migrations, messages
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 2
	@SHANHAI_DATA_DIR=$$(mktemp -d) $(BIN)/shanhai makemigrations --check --dry-run
	@bash tests/system_packages.sh gettext
	@$(BIN)/python -m tests.messages --check

fix: .venv/dev.ready ## Format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

messages: .venv/dev.ready ## Collect sentences for translation and compile the catalogues
	@bash tests/system_packages.sh gettext
	@$(BIN)/python -m tests.messages

.venv/bench.ready: .venv/run.ready requirements/bench.lock
	@echo "Setting up what is measured beside ours …"
	@bash tests/system_packages.sh postgresql postgis
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

bench: .venv/bench.ready ## Measure the portfolio beside its floors and peers: 10,000 projects, 1,000,000 postings
	@$(BIN)/shanhai bench portfolio

audit: .venv/dev.ready ## Look for known weaknesses in the locked packages
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/run.lock

app: .venv/dev.ready ## Scaffold an app: make app name=registers/vehicles
	@$(BIN)/python -m tests.scaffold "$(name)"

graph: .venv/dev.ready ## Draw which app imports which into docs/images/layers.svg
	@$(BIN)/python -m tests.graph

docs: .venv/dev.ready ## Assemble GLOSSARY.md, take the screenshots of docs/images
	@$(BIN)/python -m tests.glossary
	@$(BIN)/python -m tests.screenshots

LOCKED := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host \
  --no-emit-find-links --allow-unsafe

lock: .venv/dev.ready ## Pin all packages anew (no addresses in the lock files)
	@$(LOCKED) -o requirements/run.lock pyproject.toml
	@for extra in dev bench; do $(LOCKED) --extra $$extra -c requirements/run.lock -o requirements/$$extra.lock pyproject.toml; done
