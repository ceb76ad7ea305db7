# kwb from a fresh clone: python3 (3.11 or newer, with venv), make and git are all that is needed.
#
#   make run           the workbench; make run ARGS='--cluster apache'
#   make test          every test that needs nothing but Python
#   make check         the quick part: lint, types, layers, unit tests, snapshots
#   make test-tools    tests that need kcat or tmux
#   make test-apache   tests on Apache Kafka and with its Java clients
#   make soak          tests that run for minutes: fuzzing, random scenarios
#   make shaken        the screen's tests, its messages handled late by lot; SEED=2 draws others
#   make bench         ratios against peers, in one run; ARGS='load idle' measures single sections
#   make bench-apache  the same on Apache Kafka, and against kafka-producer-perf-test
#   make docs          pages made from words and measurements (docs/config-rules.md, docs/agreement.md)
#   make lock          renew constraints.txt
#   make clean         remove .venv and what tools left behind

PYTHON ?= python3
ARGS ?=
SEED ?= 1
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest

# Also the isolated build of the package itself gets only the versions of constraints.txt: the first
# name is what pip up to 25.2 reads for that, the second what later ones do.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# An environment that was moved, or whose Python is gone, is not ready.
WORKS := cat $(READY) 2>/dev/null && $(BIN)/python -c 'print("works")' 2>/dev/null
ifneq ($(shell $(WORKS)),$(CURDIR) works)
$(READY): FORCE
endif

NEEDS_TOOLS := kcat or terminal
NEEDS_JAVA := apache or java_tools
LONG := soak

.PHONY: run test check lint unit test-tools test-apache soak shaken bench bench-apache docs lock clean FORCE

run: $(READY)
	@$(BIN)/kwb $(ARGS)

test: $(READY)
	$(PYTEST) -n 4 --dist loadfile -m 'not ($(LONG) or $(NEEDS_TOOLS) or $(NEEDS_JAVA))' $(ARGS)

check: lint unit

lint: $(READY)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

unit: $(READY)
	$(PYTEST) -n 4 --dist loadfile -m 'not ($(LONG) or packaging or pilot or $(NEEDS_TOOLS) or $(NEEDS_JAVA))' $(wildcard tests/unit tests/ui) $(ARGS)

test-tools: $(READY)
	$(PYTEST) -m '($(NEEDS_TOOLS)) and not $(LONG)' $(ARGS)

test-apache: $(READY)
	-$(BIN)/kwb apache install
	$(PYTEST) -m '($(NEEDS_JAVA)) and not $(LONG)' $(ARGS)

soak: $(READY)
	$(PYTEST) -m '$(LONG)' $(ARGS)

shaken: $(READY)
	$(PYTEST) -n 2 --dist loadfile -p tests.shared.shaken --shake $(SEED) -m 'not ($(LONG) or $(NEEDS_TOOLS) or $(NEEDS_JAVA))' tests/ui $(ARGS)

bench: $(READY)
	$(BIN)/python -m benchmarks $(ARGS)

bench-apache: $(READY)
	-$(BIN)/kwb apache install
	$(BIN)/python -m benchmarks apache

docs: $(READY)
	-$(BIN)/kwb apache install
	$(BIN)/python -m workbench.dev rules
	$(BIN)/python -m workbench.dev agreement

# Without .ready a .venv is half made, or not ours: it is made anew. Two makes at a time take turns
# (where there is flock), and the second finds the work done.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "kwb needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@set -e; exec 9<Makefile; ! command -v flock >/dev/null || flock 9; \
	test "$$($(WORKS))" = "$$(printf '%s\nworks' '$(CURDIR)')" || rm -f $@; \
	if test -f $@ && ! test pyproject.toml -nt $@ && ! test constraints.txt -nt $@; then exit 0; fi; \
	test -f $@ || $(PYTHON) -m venv --clear $(VENV); \
	rm -f $@; \
	echo 'Installing what kwb needs into $(VENV)'; \
	$(BIN)/python -m pip install --quiet --editable '.[dev]'; \
	printf '%s\n' '$(CURDIR)' > $@

FORCE:

# In a fresh environment and without the constraints; what builds the package is pinned too.
lock:
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; unset PIP_CONSTRAINT PIP_BUILD_CONSTRAINT; \
	$(PYTHON) -m venv "$$fresh"; \
	"$$fresh/bin/python" -m pip install --quiet --editable '.[dev]' 'hatchling>=1.27' editables; \
	"$$fresh/bin/python" -m pip freeze --exclude-editable | LC_ALL=C sort -f > "$$fresh/lock"; \
	{ echo '# Exact versions of everything make installs or builds with; renewed by make lock.'; cat "$$fresh/lock"; } > constraints.txt
	@if grep -nE '://|--|@ ' constraints.txt; then echo 'constraints.txt must hold versions only' >&2; exit 1; fi

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache snapshot_report.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
