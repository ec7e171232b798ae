# make demo: try it. make test: everything CI runs. make help: the rest.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8080
AGENTS ?= 1200
SEED ?= 7
SIMULATE ?= yes
DATA ?= var
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUN := requirements/build.txt requirements/runtime.txt
DEV := requirements/build.txt requirements/dev.txt

.PHONY: demo test check format bench screenshots gallery playground lock help clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/runtime  ## try it: http://127.0.0.1:8080 (PORT= AGENTS= SEED= SIMULATE=no DATA=)
	@$(BIN)/disaster demo --port $(PORT) --agents $(AGENTS) --seed $(SEED) --data $(DATA) $(if $(filter no,$(SIMULATE)),--no-simulate,--simulate)

test: .venv/dev check  ## lint, types, contracts, and every test on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 3 --dist loadgroup

check: .venv/dev  ## lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/dev  ## put the code in form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

bench: .venv/dev  ## measure: a table, and var/bench.json
	$(BIN)/python -m tests.bench

screenshots: .venv/dev  ## draw the pages of a played incident into docs/screenshots/
	$(BIN)/python -m tests.screenshots

gallery: .venv/dev  ## draw every card as Slack and as Teams would into var/gallery/chat/ (needs node)
	$(BIN)/python -m tests.gallery $(ONLY)

playground: .venv/dev  ## try Teams on this machine: the bot and Microsoft's Agents Playground (needs node)
	$(BIN)/python -m tests.playground

lock: .venv/dev  ## renew the hashed locks from pyproject.toml
	$(PIP) install uv
	for extra in runtime dev; do $(BIN)/uv pip compile pyproject.toml $$(test $$extra = dev && echo --extra dev) --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --quiet -o requirements/$$extra.txt; done
	$(BIN)/uv pip compile requirements/build.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --upgrade --quiet -o requirements/build.txt

clean:  ## remove what was made: the environment and var/
	rm -rf .venv var

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found. Install one, or say where: make demo PYTHON=/path/to/python3.12"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON) …"; $(PYTHON) -m venv .venv; }
	@touch $@

.venv/runtime: .venv/python $(RUN) pyproject.toml
	@echo "Installing from the hashed lock …"
	@$(PIP) install --require-hashes $(addprefix -r ,$(RUN))
	@$(PIP) install --no-build-isolation --no-deps --no-index -e .
	@touch $@

.venv/dev: .venv/python $(DEV) pyproject.toml
	@echo "Installing from the hashed lock …"
	@$(PIP) install --require-hashes $(addprefix -r ,$(DEV))
	@$(PIP) install --no-build-isolation --no-deps --no-index -e .
	@touch $@ .venv/runtime
