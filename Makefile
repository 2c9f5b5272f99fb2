# Everything a person types here. `make` alone lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CORPORA ?= ../shared/corpora

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast test-service test-kills check fix lint types imports docs docs-check constraints clean \
        bench-text bench-stories bench-facts bench-feeds bench-polling bench-day bench-flow bench-peers bench-mutants bench-backfill \
        bench-topics bench-growth bench-search bench-warehouse bench-overhead bench-soak

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# Hash-checked, and what was tried is what is installed. As constraints, too: else pip looks for the newest release of a
# package that another one wants with an extra, and refuses it for want of a hash.
$(READY): pyproject.toml constraints.txt
	@echo "setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsdesk needs Python 3.11 or newer; try: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt -c constraints.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## build .venv

demo: $(READY) ## the offline newsroom: poll, collect, publish, three answers in SQL
	@$(BIN)/newsdesk demo

# Two processes a run on two cores: many tests wait for a server or a child of their own.
test: $(READY) ## the test suite, all but what wants a machine of its own
	@$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadgroup -m "not service"

test-service: $(READY) ## newsdesk serve killed, restarted, in a burst, with Postgres, held to its 30 seconds; wants a machine of its own
	@NEWSDESK_TEST_PROMISE_SECONDS=30 $(BIN)/pytest -q tests/flows/test_service.py tests/flows/test_service_postgres.py

test-fast: $(READY) ## what runs in seconds
	@$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadgroup -m "not slow and not service"

test-kills: $(READY) ## the main job killed thirty times at random moments
	@NEWSDESK_TEST_KILLS=30 $(BIN)/pytest -q tests/flows/test_killed.py

check: lint types imports docs-check test ## everything CI runs

lint: $(READY)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports

fix: $(READY) ## format, and mend what ruff can
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

docs: $(READY) ## write the generated pages anew (data dictionary, CLI, settings)
	@$(BIN)/python -m flows.reference --write

docs-check: $(READY)
	@$(BIN)/python -m flows.reference --check

constraints: $(READY) ## pin today's versions with hashes
	@$(BIN)/pip install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --upgrade --generate-hashes --extra dev --strip-extras --allow-unsafe --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o constraints.txt pyproject.toml

bench-text: $(READY) ## text quality on every corpus of $(CORPORA)
	@for c in $(CORPORA)/*/pages.jsonl; do echo "== $$(basename $$(dirname $$c))"; $(BIN)/python -m bench.text $$(dirname $$c); done

bench-peers: $(READY) ## newsdesk beside other tools, each in an environment of its own, on every corpus
	@for c in $(CORPORA)/*/pages.jsonl; do $(BIN)/python -m bench.peers $$(dirname $$c); done

bench-mutants: $(READY) ## 20,000 damaged pages: no crash, no hang, bounded memory
	@nice $(BIN)/python -m bench.mutants

bench-facts: $(READY) ## figures, quotes, speakers on the seeds and on the labelled articles
	@$(BIN)/python -m bench.facts ../shared/seeds
	@$(BIN)/python -m bench.facts --labels bench/labels --corpora $(CORPORA)

bench-topics: $(READY) ## 10,000 terms beside 100; a new topic asked of 100,000 held articles
	@$(BIN)/python -m bench.topics

bench-stories: $(READY) ## stories on a stream made of real texts, beside other tools, in twenty orders
	@$(BIN)/python -m bench.variants $(CORPORA)/web-articles-2026 $(CORPORA)/newspapers-9-languages --bases 80 --seed 2026 -o .peers/stream
	@$(BIN)/python -m bench.stories .peers/stream --orders 20

bench-feeds: $(READY) ## the reading of feeds, beside feedparser alone
	@$(BIN)/python -m bench.feeds $(CORPORA)/feeds

bench-polling: $(READY) ## one round of polls over 10,000 feeds on loopback, beside a bare client
	@$(BIN)/python -m bench.polling --feeds 10000

bench-day: $(READY) ## a day of 500 feeds simulated, beside fixed intervals
	@$(BIN)/python -m bench.day

bench-flow: $(READY) ## the main job end to end over a generated newsroom
	@$(BIN)/python -m bench.flow --feeds 40 --articles 2000 --server

bench-overhead: $(READY) ## what Prefect costs by article: without it, in `newsdesk run`, in a service
	@$(BIN)/python -m bench.overhead

bench-soak: $(READY) ## a service for half an hour under faults and kills: nothing lost, nothing told twice
	@$(BIN)/python -m bench.soak

bench-backfill: $(READY) ## an archive of 1 GB taken in, killed ten times
	@$(BIN)/python -m bench.backfill --gigabytes 1

bench-growth: $(READY) ## the look-up of held texts at 10^4 to 10^7 of them, the whole load at 10^4 to 10^6
	@$(BIN)/python -m bench.growth
	@$(BIN)/python -m bench.loads

bench-warehouse: $(READY) ## loading, publishing and asking at once, at 100,000 articles
	@$(BIN)/python -m bench.warehouse

bench-search: $(READY) ## search() over 100,000 generated articles: cost of the index, of publishing, of queries
	@$(BIN)/python -m bench.search

clean: ## remove .venv and caches
	@rm -rf $(VENV) .peers .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
