# Everything happens in .venv. `make run` installs what running needs, `make install` what development needs too.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: audit sbom bench-api bench-exports bench-facts bench-language bench-load bench-load-serving bench-memory bench-stores chaos fuzz model ray-check run soak install test lint types contracts tests check-slow lock clean

run: $(VENV)/run.stamp
	@exec $(BIN)/entente serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

install: $(VENV)/dev.stamp

test: install lint types contracts tests

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

tests:
	$(BIN)/pytest -n auto --cov --cov-report=term

# What takes long: browsers, killing, fuzzing, clusters. Exit code 5 of pytest means that there is none yet.
check-slow: install $(VENV)/tools.stamp
	$(BIN)/pytest -m slow || test $$? -eq 5

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Entente needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The locks are complete, so nothing is resolved here (--no-deps): quicker, and no pip version can stumble over extras.
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV); the first time this takes a minute or two."
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# What checks the specification: Spectral, where there is npm, and a generator of clients, in an environment of its own
# since it wants older versions of what we have.
OPENAPI := tests/openapi
$(VENV)/tools.stamp: $(OPENAPI)/package-lock.json $(OPENAPI)/requirements.lock | $(VENV)/bin/python
	@if command -v npm >/dev/null; then npm ci --prefix $(OPENAPI) --ignore-scripts --no-audit --no-fund --silent; \
	else echo "There is no npm, so the specification is not linted." >&2; fi
	$(BIN)/python -m venv $(VENV)/tools
	$(VENV)/tools/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $(OPENAPI)/requirements.lock
	@touch $@

# Requests a second and latency beside a bare ASGI function, a constant FastAPI route and Datasette: make bench-api SCALE=100000
bench-api: install
	$(BIN)/python -m benchmarks.api $(or $(SCALE),1000)

# Memory that sending whole lists takes: make bench-exports SCALE=100000
bench-exports: install
	$(BIN)/python -m benchmarks.exports $(or $(SCALE),1000)

# How good the facts are, on development sets that lie outside the repository: make bench-facts EVAL=folder
bench-facts: install
	$(BIN)/python -m benchmarks.facts $(or $(EVAL),../shared/eval)

# Memory that extracting very many articles takes: make bench-memory ARTICLES=10000
bench-memory: install
	$(BIN)/python -m benchmarks.memory $(or $(ARTICLES),10000)

# How well and fast the language model reads: make bench-language EVAL=folder CORPORA=folder
bench-language: install
	$(BIN)/python -m benchmarks.language $(or $(EVAL),../shared/eval) $(CORPORA)

# Make app/language/model anew: an hour and a half on two cores that multiply bfloat16; a GPU is used if there is one. CORPORA holds the training data; SILVER=no leaves GMB's names out.
CORPORA ?= ../shared/corpora
TRAINING := .venv-training
model: $(TRAINING)/stamp
	mkdir -p build
	$(TRAINING)/bin/python -m training.train --corpora $(CORPORA) --out build/reader $(if $(filter no,$(SILVER)),--without-silver) 2>&1 | tee build/training.log
	$(TRAINING)/bin/python -m training.export --trained build/reader --out app/language/model

$(TRAINING)/stamp: training/requirements.txt training/upstream.txt requirements.lock
	$(PYTHON) -m venv $(TRAINING)
	$(TRAINING)/bin/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(TRAINING)/bin/pip install --quiet -r training/requirements.txt
	$(TRAINING)/bin/pip install --quiet --no-deps -r training/upstream.txt
	$(TRAINING)/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# How fast articles are loaded, and how fast reads stay while articles are handed in: make bench-load SCALE=1000000 ORDERS=days
bench-load: install
	$(BIN)/python -m benchmarks.load $(or $(SCALE),100000) $(ORDERS)

bench-load-serving: install
	$(BIN)/python -m benchmarks.load_serving

# Reads, searches and posts at 80 % of the service's peak, SECONDS long: errors, drift of latency, memory, open files.
soak: install
	$(BIN)/python -m benchmarks.soak $(or $(SECONDS),600)

# Known weaknesses of everything that is locked. Asks PyPI for them; SERVICE=osv asks osv.dev instead.
audit: install
	@$(BIN)/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --vulnerability-service $(or $(SERVICE),pypi) \
		-r requirements-dev.lock -r $(OPENAPI)/requirements.lock || { \
		echo "make audit: either the packages named above have known weaknesses, or (\"could not be audited\", or a" \
		"connection that failed) the service that knows them cannot be reached from here, and nothing was checked." >&2; exit 1; }

# What an installation consists of, with versions and hashes, as CycloneDX: packages, and what comes along as files.
SBOM ?= build/entente.cdx.json
define add_components
import json, pathlib, sys
made, more = (json.loads(pathlib.Path(name).read_text()) for name in sys.argv[1:])
made["components"] += more["components"]
pathlib.Path(sys.argv[1]).write_text(json.dumps(made, indent=2) + "\n")
endef
export add_components
sbom: install
	@mkdir -p $(dir $(SBOM))
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible -o $(SBOM) requirements.lock
	@$(BIN)/python -c "$$add_components" $(SBOM) app/reader/vendored.cdx.json
	@echo "make sbom: $(SBOM)"

# Both kinds of store beside one another, on made-up articles: make bench-stores SCALE=1000000 ORDERS=days STORES=SQLite
bench-stores: install
	$(BIN)/python -m benchmarks.stores $(or $(SCALE),10000) $(ORDERS) $(STORES)

# Kill the service, fill its disk, set its clock wrong, stop its PostgreSQL and so on, FAULTS times at random moments;
# prints what was lost.
chaos: install
	$(BIN)/python -m tests.faults.chaos $(or $(FAULTS),300) $(SEED)

# Make up inputs for every parser, SECONDS long each, and requests for every operation, five times as long. Atheris has
# wheels for some versions of Python only; without it Hypothesis makes them up alone.
fuzz: install $(VENV)/tools.stamp $(VENV)/fuzzing.stamp
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),60) $(SEED)

$(VENV)/fuzzing.stamp: tests/fuzz/requirements.txt | $(VENV)/bin/python
	-$(PIP) install --no-deps --only-binary :all: --require-hashes --target $(VENV)/fuzzing -r $<
	@touch $@

# Bulk extraction on a local Ray cluster of two nodes, one of which is killed on the way, against one process, record by
# record, with words a second: make ray-check ARTICLES=200. Ray is in an environment of its own, since few need it.
RAY := .venv-ray
ray-check: $(RAY)/stamp
	$(RAY)/bin/python -m benchmarks.bulk_on_ray $(or $(ARTICLES),200)

$(RAY)/stamp: requirements-ray.lock pyproject.toml
	$(PYTHON) -m venv $(RAY)
	$(RAY)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r requirements-ray.lock
	$(RAY)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

# Write the locks anew, with the newest versions that pyproject.toml admits.
LOCK_ALONE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras
LOCK := $(LOCK_ALONE) --group build
lock:
	$(LOCK) --upgrade pyproject.toml -o requirements.lock
	$(LOCK) --upgrade --extra postgres --extra telemetry --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(LOCK) --upgrade --extra ray -c requirements.lock pyproject.toml -o requirements-ray.lock
	$(LOCK_ALONE) --upgrade $(OPENAPI)/requirements.in -o $(OPENAPI)/requirements.lock
	npm update --prefix $(OPENAPI) --package-lock-only --ignore-scripts --no-audit --no-fund

clean:
	rm -rf $(VENV) $(RAY) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
