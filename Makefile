PYTHON ?= python3
PORT ?= 8001

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
CURATED := events.csv $(wildcard data/*.csv)
# WORKERS=1 runs the tests one after the other.
PYTEST := $(BIN)/python -m pytest --numprocesses=$(or $(WORKERS),auto) --dist=worksteal
CODE := $(shell find scripts -name '*.py')
GENERATED := $(wildcard README.md metadata.yml docs/*.md)

.DEFAULT_GOAL := help
# An interrupted build leaves the last good database in place.
.PRECIOUS: events.db
.PHONY: help serve test test-all lint fmt constraints screenshots basemap clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo 'PYTHON=python3.12 sets the Python to use, PORT=8002 the port of make serve.'

serve: .venv/installed events.db ## Build events.db and serve it at http://127.0.0.1:8001
	@$(BIN)/event-timeline serve --port $(PORT)

test: lint ## Check the code, the texts and the curated files, then run all tests except the slow ones
	$(if $(GENERATED),$(BIN)/cog --check $(GENERATED))
	$(BIN)/event-timeline check
	$(BIN)/event-timeline fmt --check
	$(PYTEST) -m 'not slow'

test-all: test ## Run make test, then the slow tests
	$(PYTEST) -m slow

lint: .venv/installed ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: .venv/installed ## Format the code and the curated files, and regenerate the generated texts
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/event-timeline fmt
	$(if $(GENERATED),$(BIN)/cog -r $(GENERATED))

constraints: ## Pin the newest versions of all packages in constraints.txt
	@$(PYTHON) .ci/preflight.py
	$(PYTHON) -m venv --clear .venv-constraints
	.venv-constraints/bin/python -m pip install -q --upgrade pip setuptools wheel
	.venv-constraints/bin/python -m pip install -q -e '.[bench,test]'
	{ echo '# Every version the tests run with. Written by `make constraints`, on Python $(VERSION).'; \
	  .venv-constraints/bin/python -m pip freeze --all --exclude datasette-event-timeline; } > .venv-constraints/pins
	mv .venv-constraints/pins constraints.txt
	rm -r .venv-constraints

screenshots: .venv/installed ## Save screenshots of the pages, light, dark and on a phone, in docs/
	$(BIN)/python -m pytest -q tests/browser/screenshots.py

basemap: .venv/installed ## Regenerate the map's outlines from the npm package world-atlas
	rm -rf .basemap && mkdir .basemap
	cd .basemap && npm pack --silent world-atlas@2.0.2 && tar -xzf world-atlas-2.0.2.tgz
	$(BIN)/python scripts/make_basemap.py .basemap/package/countries-50m.json \
	  scripts/datasette_event_timeline/static/basemap.json
	rm -r .basemap

clean: ## Remove everything that make has created
	rm -rf .venv .venv-constraints build dist scripts/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f events.db events.db-wal events.db-shm
	find scripts tests -name __pycache__ -prune -exec rm -r {} +

events.db: .venv/installed $(CURATED) $(CODE)
	$(BIN)/event-timeline build events.csv events.db

.venv/python-$(VERSION):
	@command -v $(PYTHON) >/dev/null || { echo 'event-timeline: there is no $(PYTHON): install Python 3.11 or newer (Debian or Ubuntu: apt-get install python3 python3-venv)' >&2; exit 1; }
	@$(PYTHON) .ci/preflight.py
	$(PYTHON) -m venv --clear .venv
	@touch $@

# Builds our package with the setuptools pinned here; an isolated build would download another.
.venv/installed: .venv/python-$(VERSION) pyproject.toml constraints.txt scripts/event_timeline/__init__.py
	@echo 'Installing into .venv: about a minute, once'
	@$(PIP) install -q -c constraints.txt pip setuptools wheel
# Version 0.1.0 was the distribution event-timeline; still installed, it would be a second plugin.
	@$(PIP) uninstall -qq --yes event-timeline
	@rm -rf scripts/event_timeline.egg-info
	@$(PIP) install -q -c constraints.txt --no-build-isolation -e '.[test]'
	@touch $@

.PHONY: bench
bench: .venv/installed ## Time a build of 100,000 events, the timeline of 20,000 (EVENTS=50000 for both), and EDTF libraries
	@$(PIP) install -q -c constraints.txt --no-build-isolation -e '.[bench]'
	$(BIN)/python bench/dates.py
	$(BIN)/python bench/build.py $(EVENTS)
	$(BIN)/python bench/timeline.py $(EVENTS)

.PHONY: faults
faults: .venv/installed ## Kill builds, fill disks and hold locks, FAULTS=100 of each kind, and measure publishing
	EVENT_TIMELINE_FAULTS=$(or $(FAULTS),100) $(BIN)/python -m pytest tests/faults
	$(BIN)/python bench/versions.py
	$(BIN)/python bench/watching.py

.PHONY: fuzz
fuzz: .venv/installed ## Fuzz with EXAMPLES=1500 new examples of each kind of file, date, address, settings and database
	EVENT_TIMELINE_FUZZ=$(or $(EXAMPLES),1500) $(PYTEST) -m hypothesis

.PHONY: load
load: .venv/installed ## Load the site with CLIENTS=50 for SECONDS=120 during publications; measure memory over REQUESTS=10000
	$(BIN)/python bench/load.py --clients $(or $(CLIENTS),50) --seconds $(or $(SECONDS),120) --requests $(or $(REQUESTS),10000)

.PHONY: attack
attack: .venv/installed ## Attack a server as a hostile visitor would, and print what each attack took
	$(BIN)/python bench/attack.py
