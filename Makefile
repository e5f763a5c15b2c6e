# Everything runs in an environment of its own, .venv, made on first use. Needs: Python 3.11 or newer, Git, make.
# Stamps make the second run quick and independent of the network; a changed pyproject.toml makes them stale.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$name; exit; fi; done; echo python3)

VENV := .venv
PY := $(VENV)/bin/python
RUN := $(PY) -m
WHEELHOUSE := $(VENV)/wheelhouse
# An editable install remembers where the checkout stands: a copied or moved one installs anew.
PLACE := $(shell pwd -P | cksum | cut -d ' ' -f 1)
CORE := $(VENV)/stamp-core-$(PLACE)
DEV := $(VENV)/stamp-dev-$(PLACE)
PIP := $(RUN) pip --disable-pip-version-check --no-input
PYTEST := $(RUN) pytest

# Mistakes that examples make on purpose, and words that only look like one. Tests are full of the former: left out.
MEANT := uptodate,opne,suport,resovled,qestion,cuase,assigne,regoin,nwe,adresses,iif,caf

COVERAGE_AT_LEAST := 85

.PHONY: help demo check lint types arch test wheel format bench bench-full clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(CORE) ## builds a desk with eight weeks of history in demo-desk/ and shows it
	@$(PY) example-repo/build.py demo-desk

check: lint types arch test wheel ## everything below, down to wheel; what CI runs

lint: $(DEV) ## ruff and codespell
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(VENV)/bin/codespell --skip 'bench/desks,bench/vocabulary.py' --ignore-words-list '$(MEANT)' \
		gitdesk hooks schema docs bench example-repo/*.py example-repo/README.md Makefile *.md

types: $(DEV) ## mypy, strict
	$(RUN) mypy

arch: $(DEV) ## the floors of the house (import-linter)
	$(VENV)/bin/lint-imports

test: $(DEV) ## the tests, on every core, with branch coverage
	$(PYTEST) -n auto --dist loadgroup --cov --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE_AT_LEAST) \
		--ignore=tests/test_wheel.py $(ARGS)

wheel: $(DEV) ## builds the wheel and tries it in an empty environment outside the checkout
	GITDESK_WHEELHOUSE="$(CURDIR)/$(WHEELHOUSE)" $(PYTEST) tests/test_wheel.py

format: $(DEV) ## lets ruff mend and lay out the code
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: $(DEV) ## the budgets of docs/performance.md on desks of 1,000 and 10,000 tickets
	$(PY) bench/measure.py --sizes 1000,10000

bench-full: $(DEV) ## the same, and 100,000
	$(PY) bench/measure.py --sizes 1000,10000,100000

clean: ## removes the environment, caches, the demo desk and what was built
	$(if $(wildcard demo-desk),$(PYTHON) example-repo/build.py --remove demo-desk)
	rm -rf $(VENV) build dist bench/desks .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache \
		.pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@command -v git >/dev/null || { echo 'error: git is missing; gitdesk needs Git 2.39 or newer' >&2; exit 6; }
	@command -v $(PYTHON) >/dev/null || { echo 'error: $(PYTHON) is missing; gitdesk needs Python 3.11 or newer' >&2; exit 6; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "error: $$($(PYTHON) --version) is too old; gitdesk needs Python 3.11 or newer" >&2; \
		echo 'hint: make PYTHON=/path/to/python3.11' >&2; exit 6; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo 'error: $(PYTHON) comes without venv' >&2; \
		echo 'hint: install the venv package of your system (python3-venv on Debian and Ubuntu)' >&2; exit 6; }
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)

$(CORE): pyproject.toml | $(PY)
	$(PIP) install --quiet --editable .
	@touch $@

# The wheelhouse holds what the core needs, for installing the wheel elsewhere without asking an index again.
$(DEV): pyproject.toml | $(PY)
	$(PIP) install --quiet --editable '.[dev]'
	@rm -rf $(WHEELHOUSE)
	$(PIP) wheel --quiet --wheel-dir $(WHEELHOUSE) .
	@rm -f $(WHEELHOUSE)/gitdesk-*.whl
	@touch $(CORE) $@
