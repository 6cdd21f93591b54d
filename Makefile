# Two commands do everything: `make demo` and `make test`. Both install into .venv first and are fast when run again.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# durable-rules needs this flag from Python 3.13 on; it harms no earlier one.
DURABLE_FLAGS := -DPyEval_CallObject=PyObject_CallObject
INSTALLED := $(VENV)/.installed
DEVELOPING := $(VENV)/.developing
# `make soak MINUTES=5` is a short one.
MINUTES ?= 30
BENCHING := $(VENV)/.benching

.PHONY: demo test lint types check bench soak clean

demo: $(INSTALLED)
	@PATH="$(abspath $(BIN)):$$PATH" sh examples/demo.sh

test: $(DEVELOPING)
	CROSSGRADE_REQUIRE_DURABLE=1 $(BIN)/python -m pytest

lint: $(DEVELOPING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVELOPING)
	$(BIN)/mypy

check: lint types

bench: $(BENCHING)
	$(BIN)/python benchmarks/run.py

# atheris has wheels for some Pythons only; without it the soak says so and fuzzes by hypothesis alone.
soak: $(DEVELOPING)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary=:all: atheris
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "crossgrade needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

# durable-rules comes as source: it is compiled here, with the flag, never from a cache that may hold a broken wheel.
$(INSTALLED): $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1" setuptools wheel
	CPPFLAGS="$(DURABLE_FLAGS) $$CPPFLAGS" $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-cache-dir durable-rules==2.0.28
	$(BIN)/python -c "import durable_rules_engine"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEVELOPING): $(INSTALLED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

$(BENCHING): $(DEVELOPING) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
