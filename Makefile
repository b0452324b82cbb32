# ALwrity Desktop. `make run` opens the window, `make test` runs every check.
# Each sets up all that it needs: the first time takes a minute, later ones no time.

VENV ?= .venv
CORE_VENV ?= .venv-core
PYTHON_IN = $(VENV)/bin/python
# Two at a time: the tests also run on small machines.
WORKERS ?= 2
# Those named make_… only write input for the others; read_speed needs a folder of logs.
BENCHMARKS = $(patsubst benchmarks/%.py,%,$(filter-out benchmarks/make_% benchmarks/__init__.py \
    benchmarks/read_speed.py,$(wildcard benchmarks/*.py)))
SETUP = sh packaging/setup.sh
SETUP_FILES = packaging/setup.sh pyproject.toml

.PHONY: help
help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

# ---- using it ---------------------------------------------------------------

.PHONY: run
run: $(VENV)/.ready-run $(VENV)/.ready-window ## Open the window
	@$(PYTHON_IN) -m compileall -q alwrity_desktop
	@$(VENV)/bin/alwrity-desktop

.PHONY: demo-server
demo-server: $(VENV)/.ready-run ## Serve made-up accounts on this computer, to connect and try
	@$(PYTHON_IN) -m tests.servers.demo $(PORTS)

# ---- checking it ------------------------------------------------------------

.PHONY: test
# Tests start the program hundreds of times: where Python may not write bytecode, each start
# would compile it anew.
test: lint $(VENV)/.ready-test $(CORE_VENV)/.ready-core ## Run every check and test
	$(PYTHON_IN) -m compileall -q alwrity_desktop tests
	$(PYTHON_IN) -m pytest -q -n $(WORKERS) --dist worksteal \
	    --ignore=tests/core --ignore=tests/cli
	@echo "The tests of the core and of the command line, where Qt is not installed:"
	@if $(CORE_VENV)/bin/python -c "import PySide6" 2>/dev/null; \
	    then echo "Qt is installed in $(CORE_VENV)."; exit 1; fi
	$(CORE_VENV)/bin/python -m pytest -q -n $(WORKERS) --dist worksteal tests/core tests/cli

.PHONY: lint
lint: $(VENV)/.ready-dev ## Check style, types and walls
	$(PYTHON_IN) -m ruff check
	$(PYTHON_IN) -m ruff format --check
	$(PYTHON_IN) -m mypy
	$(VENV)/bin/lint-imports --no-logo

.PHONY: test-long
test-long: $(VENV)/.ready-dev $(VENV)/.ready-test ## Run the tests that take minutes
	$(PYTHON_IN) -m pytest -q -m long

.PHONY: coverage
coverage: $(VENV)/.ready-dev $(VENV)/.ready-test ## Say which lines no test runs
	$(PYTHON_IN) -m coverage erase
	$(PYTHON_IN) -m coverage run -m pytest -q
	$(PYTHON_IN) -m coverage combine -q
	$(PYTHON_IN) -m coverage report

.PHONY: bench
bench: $(VENV)/.ready-dev $(VENV)/.ready-window ## Measure, side by side
	@for each in $(BENCHMARKS); do echo "$$each"; $(PYTHON_IN) -m benchmarks.$$each || exit 1; done

# ---- working on it ----------------------------------------------------------

.PHONY: format
format: $(VENV)/.ready-dev ## Mend style where a tool can
	$(PYTHON_IN) -m ruff check --fix
	$(PYTHON_IN) -m ruff format

.PHONY: docs
docs: $(VENV)/.ready-dev ## Write docs/files.md anew
	$(PYTHON_IN) packaging/file_overview.py

.PHONY: schema
schema: $(VENV)/.ready-dev ## Write the statements that make a new ledger anew
	$(PYTHON_IN) packaging/ledger_schema.py

.PHONY: wheel
wheel: $(VENV)/.ready-dev ## Build the wheel and the source archive in dist/
	$(PYTHON_IN) -m hatchling build

.PHONY: lock
lock: ## Choose the locked packages anew (needs uv)
	sh packaging/lock.sh

.PHONY: clean
clean: ## Remove all that these commands made
	@for each in $(VENV) $(CORE_VENV); do [ ! -f "$$each/pyvenv.cfg" ] || rm -rf "$$each"; done
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache
	find alwrity_desktop tests benchmarks packaging -name __pycache__ -prune -exec rm -rf {} +

# ---- set-up, remembered by files in the virtual environments ----------------

$(VENV)/.ready-run: requirements.lock $(SETUP_FILES)
	@$(SETUP) venv $(VENV) requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(SETUP_FILES)
	@$(SETUP) venv $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.ready-run

$(CORE_VENV)/.ready-core: requirements-core.lock $(SETUP_FILES)
	@$(SETUP) venv $(CORE_VENV) requirements-core.lock
	@touch $@

# Without its libraries the program goes on as far as it can, and the next run looks again.
$(VENV)/.ready-window: packaging/setup.sh | $(VENV)/.ready-run
	@if $(SETUP) libs window; then touch $@; fi

$(VENV)/.ready-test: packaging/setup.sh | $(VENV)/.ready-dev
	@if $(SETUP) libs test; then touch $@ $(VENV)/.ready-window; fi

.PHONY: pictures
pictures: $(VENV)/.ready-run ## Make the README's pictures anew, from the sample data
	@mkdir -p docs/pictures
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && for theme in light dark; do \
	    ALWRITY_DESKTOP_HOME="$$home" ALWRITY_DESKTOP_NOW=2026-11-20T14:32:00+01:00 \
	    TZ=Europe/Berlin $(VENV)/bin/alwrity-desktop snapshot \
	    docs/pictures/overview-$$theme.png --account sample --size 1440x900 --theme $$theme \
	    || exit 1; done
