# `make run` starts the site; `make test` runs everything that CI checks. Both install what they need.

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test setup setup-dev assets lock fmt bench bench-room clean

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## install what is missing and serve the site
	@$(PYTHON) tools/bootstrap.py run

test: setup-dev  ## everything that CI checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

setup:  ## .venv, its packages and the browser assets
	@$(PYTHON) tools/bootstrap.py setup

setup-dev:  ## the same, and what the checks need
	@$(PYTHON) tools/bootstrap.py setup-dev

assets: setup  ## static/build/, where its inputs changed

lock: setup-dev  ## write the lock files again (UPGRADE=1 for the newest versions)
	@$(BIN)/python tools/lock.py $(if $(UPGRADE),--upgrade)

fmt: setup-dev  ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## measure search and pages (ARGS="--corpus FILE.jsonl")
	@$(BIN)/python -m bench $(ARGS)

bench-room: setup  ## measure a room full of phones (ARGS="--people 100 --kills 0")
	@$(BIN)/python -m bench.room $(ARGS)

clean:  ## remove what `make` made; the data in var/ stays
	rm -rf .venv node_modules static/build static/build.new
	rm -rf .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
