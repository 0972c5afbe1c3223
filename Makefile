# make compare [QUICK=1]   the main job: three networks learn MNIST, one figure and one table
# make figures [QUICK=1]   every figure
# make test                theory, oracles, contracts, records; PYTEST_ARGS="-m 'not slow'" leaves out the slow ones
# make test-long           the rest: every figure in its quick form, runs that are killed at random moments
# make test-quick          contracts, oracles and small systems, in a minute
# make check               style and types
# make docs                the documentation, in docs/_build/html
# make bench               speed and memory, beside NumPy and PyTorch
#
# Each makes what it needs in .venv, with PYTHON (3.11 or newer), a C++ compiler and nothing else.

PYTHON ?= python3
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
BENCH_INSTALLED := $(VENV)/installed-bench
DOCS_INSTALLED := $(VENV)/installed-docs
TEST_INSTALLED := $(VENV)/installed-test
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet

EXPERIMENTS := $(sort $(basename $(notdir $(wildcard experiments/*.py))))
QUICK_FLAG := $(if $(filter-out 0,$(QUICK)),--quick)

.DEFAULT_GOAL := help
.PHONY: help compare figures test test-long test-quick check docs bench clean

help:
	@sed -n 's/^# make/make/p' Makefile

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bioplast needs Python 3.11 or newer, got %s; say make PYTHON=..." % sys.version.split()[0])'
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP_INSTALL) --editable .
	@touch $@

$(TEST_INSTALLED): $(INSTALLED)
	$(PIP_INSTALL) --editable '.[test]'
	@touch $@

$(DOCS_INSTALLED): $(INSTALLED)
	$(PIP_INSTALL) --editable '.[docs]'
	@touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	$(PIP_INSTALL) --editable '.[bench]'
	@touch $@

compare: $(INSTALLED)
	$(BIN)/bioplast run compare $(QUICK_FLAG)

figures: $(INSTALLED)
	$(BIN)/bioplast run $(EXPERIMENTS) $(QUICK_FLAG)

# A file's tests stay in one worker, so that they share what its fixtures compile; in the order that
# tests/conftest.py gives them.
test: $(TEST_INSTALLED)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder -m "not long" $(PYTEST_ARGS)

test-long: $(TEST_INSTALLED)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder -m long $(PYTEST_ARGS)

# What needs no compiled network.
test-quick: $(TEST_INSTALLED)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not slow" \
		tests/test_*.py tests/commands tests/docs/test_own.py tests/docs/test_site.py tests/energy tests/kernels tests/plasticity \
		tests/properties tests/tasks tests/backends/numeric/test_reference.py bioplast

check: $(TEST_INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Warnings are errors; nothing is loaded from the network. Notebooks that have not changed are not run again.
docs: $(DOCS_INSTALLED)
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs docs/_build/html

# Without PyTorch, `python -m benchmarks` measures the rest.
bench: $(BENCH_INSTALLED)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist docs/_build docs/gallery/pages *.egg-info
