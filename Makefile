VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
# Twice the cores of a small machine: tests wait for a browser, a process or a retry now and then.
WORKERS ?= 4
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
STAMPED := pyproject.toml constraints.txt

# What is compiled is kept, whatever the machine is set to: each process of the tests starts sooner.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo morning test test-fast lint types imports bench bench-clock bench-engines clean

demo: $(VENV)/demo ## a Slack workspace in the browser, with the bot and sixty synthetic patients
	$(BIN)/cocm-bot demo

morning: $(VENV)/demo ## a care manager's morning, printed
	$(BIN)/cocm-bot demo --morning

test: lint types imports ## everything
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal

test-fast: $(VENV)/dev ## the quick tests alone
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal -m "not slow"

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

imports: $(VENV)/dev
	$(BIN)/lint-imports

bench: $(VENV)/dev ## timings, side by side with an alternative
	$(BIN)/python -m tests.bench.search

bench-clock: $(VENV)/dev ## a thousand registries whose digests fall due at the same minute; takes minutes
	$(BIN)/python -m tests.bench.clock

bench-engines: $(VENV)/dev ## the local engines the demo could run on, compared; takes minutes
	$(BIN)/python -m tests.bench.engines

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: $(STAMPED) | $(VENV)/bin/python
	$(PIP) --editable '.[demo]'
	touch $@

$(VENV)/dev: $(STAMPED) | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/demo
