# Two commands do everything on a fresh machine: `make review` and `make test`. `make lab` opens JupyterLab.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help review test lab lint clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
KERNEL := mande/running/kernels/share/jupyter/kernels/mande
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)

help:
	@echo "make review   the mid-term review 2021-2030 of the nation and 63 provinces, into reports/"
	@echo "make test     style, types, structure and all tests"
	@echo "make lab      JupyterLab on the notebooks"

review: .venv/.run
	$(BIN)/mande review vn-children-2021-2030 --stage mid-term --as-of 2024-12-31 --level province --workers $(WORKERS)

lab: .venv/.lab
	$(BIN)/jupyter lab notebooks $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/.dev .venv/.browser lint
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadgroup

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "mande needs Python 3.11 or later; install it: $(SUDO) apt-get install python3 python3-venv"; exit 2; }
	@$(PYTHON) -m venv .venv || { \
		echo "installing python3-venv, which this system keeps apart from Python"; rm -rf .venv; \
		$(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv && $(PYTHON) -m venv .venv; }

.venv/.run: .venv/bin/python pyproject.toml requirements.lock
	$(PIP) setuptools
	$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/.lab: .venv/.run
	$(PIP) --no-build-isolation --editable ".[lab]"
	$(BIN)/jupyter kernelspec install --sys-prefix $(KERNEL) 2>/dev/null
	@touch $@

.venv/.dev: .venv/.run
	$(PIP) --no-build-isolation --editable ".[lab,cluster,scheduler,dev]"
	@touch $@

.venv/.browser: .venv/bin/python
	@if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then \
		$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium chromium-driver fonts-dejavu-core; fi
	@touch $@

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis mande.egg-info
