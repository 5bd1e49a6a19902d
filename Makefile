VENV := .venv
BIN := $(VENV)/bin
# A Python that was compiled without optimising, as pyenv does it, makes the tests take an eighth longer: where
# python3 is one, the system's own is taken, if it is new enough and can make environments.
OPTIMISED = import sys, sysconfig; sys.exit("--enable-optimizations" not in str(sysconfig.get_config_var("CONFIG_ARGS")))
GOOD_ENOUGH = import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell python3 -c '$(OPTIMISED)' 2>/dev/null || ! /usr/bin/python3 -c '$(GOOD_ENOUGH)' 2>/dev/null || printf /usr/bin/)python3
# Twice the cores of a small machine: tests wait for a browser, a process or a retry now and then.
WORKERS ?= 4
# The quick tests wait for nothing, and each worker reads all tests first.
QUICK_WORKERS ?= 2
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
STAMPED := pyproject.toml constraints.txt
# Every file of every package by hash, for any machine; what builds the project is among them.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

# What is compiled is kept, whatever the machine is set to: each process of the tests starts sooner.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo morning test test-fast rollout lint types imports tests bench bench-profile bench-parts scale bench-clock bench-exchange bench-engines lock audit sbom image clean

demo: $(VENV)/dev ## a Slack workspace in the browser, with the bot and sixty synthetic patients
	$(BIN)/cocm-bot demo

morning: $(VENV)/dev ## a care manager's morning, printed
	$(BIN)/cocm-bot demo --morning

test: lint ## everything
	$(MAKE) --no-print-directory --jobs types imports tests

test-fast: $(VENV)/dev ## the quick tests alone
	$(BIN)/pytest --numprocesses $(QUICK_WORKERS) --dist worksteal -m "not slow"

rollout: $(VENV)/dev ## processes of PREVIOUS (a tag or a commit) replaced by these under clicks
	rm -rf build/previous && mkdir -p build/previous
	git archive $(PREVIOUS) cocm_bot | tar -x -C build/previous
	$(BIN)/pytest tests/whole/test_rollout.py --previous $(CURDIR)/build/previous

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

imports: $(VENV)/dev
	$(BIN)/lint-imports

# What is compiled of the tests is kept: else each worker would compile all of them at its start.
tests: $(VENV)/dev
	-@$(BIN)/pytest --collect-only --quiet --quiet >/dev/null
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal

bench: $(VENV)/dev ## every figure of the goals, side by side with an alternative; takes minutes
	$(BIN)/python -m tests.bench.goals $(SIZES)

bench-profile: $(VENV)/dev ## what the commonest requests spend their CPU on
	$(BIN)/python -m tests.bench.profiled

bench-parts: $(VENV)/dev ## single parts: requests to the table, a search, a billing month
	$(BIN)/python -m tests.bench.requests
	$(BIN)/python -m tests.bench.search
	$(BIN)/python -m tests.bench.billing
	$(BIN)/python -m tests.bench.figures

scale: $(VENV)/dev ## the tables of docs/scale.md again, with the figures of the last bench
	$(BIN)/python -m tests.bench.scale

bench-clock: $(VENV)/dev ## a thousand registries whose digests fall due at the same minute; takes minutes
	$(BIN)/python -m tests.bench.clock

bench-exchange: $(VENV)/dev ## ten thousand patients in and out in each form; PATIENTS=1000 for fewer; takes an hour
	$(BIN)/python -m tests.bench.exchange $(PATIENTS)

bench-engines: $(VENV)/dev ## the local engines the demo could run on, compared; takes minutes
	$(BIN)/python -m tests.bench.engines

lock: ## the versions and hashes of all dependencies, as far as pyproject.toml leaves them open; UPGRADE=--upgrade takes newer ones
	printf 'setuptools>=77\n' | $(LOCK) $(UPGRADE) pyproject.toml - --all-extras --output-file constraints.txt
	printf 'setuptools>=77\n' | $(LOCK) pyproject.toml - --constraint constraints.txt --output-file requirements.txt
	printf 'setuptools>=77\n' | $(LOCK) pyproject.toml - --extra workspaces --constraint constraints.txt --output-file requirements-workspaces.txt

audit: ## known weaknesses of the dependencies that production installs
	uv tool run pip-audit --require-hashes --disable-pip --requirement requirements-workspaces.txt

sbom: ## what production installs, as CycloneDX in dist/sbom.json
	mkdir -p dist
	uv tool run --from cyclonedx-bom cyclonedx-py requirements --output-file dist/sbom.json requirements.txt

image: ## the image of a release, on the base whose digest the Dockerfile names
	docker build --tag cocm-bot .

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# An editable install has no hash that pip could check: it comes after everything else, and alone.
$(VENV)/dev: $(STAMPED) | $(VENV)/bin/python
	$(PIP) --require-hashes --requirement constraints.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@
