# The eight verbs of this repository. `make demo` and `make test` each work as the first command.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python,$(if $(shell $(p) -c 'import sys; print(int((3, 11) <= sys.version_info[:2] < (3, 14)))' 2>/dev/null | grep -x 1),$(p))))
BIN := .venv/bin

.PHONY: help setup demo test lint format docs clean
help:  ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 10

setup: .venv/installed  ## make .venv and install codesieve with its development tools into it
.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "codesieve needs Python 3.11, 3.12 or 3.13 on the PATH (or: make PYTHON=/path/to/python)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: setup  ## run the whole pipeline on data mined on this machine, with planted troubles
	$(BIN)/codesieve demo --out runs/demo

test: setup  ## run the tests
	$(BIN)/python -m pytest -n 2

lint: setup  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup  ## mend style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup  ## write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

clean:  ## remove what the other verbs made
	rm -rf .venv runs .pytest_cache .mypy_cache .ruff_cache
