# ArticDBM. `make help` lists the targets; each one sets up what it needs by itself.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

SWIFT ?= swift
PYTHON ?= python3
JOBS ?= $(shell nproc)
ONCE ?= 0
BACKEND ?=
PYTEST_FLAGS ?=

VERSION := $(shell cat .version)
# The build number is the commit's own time, so that the same commit gives the same binary.
export ARTICDBM_VERSION := $(VERSION)
export ARTICDBM_BUILD ?= $(shell git log -1 --format=%ct 2>/dev/null || date +%s)
export ARTICDBM_COMMIT ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

SCRIPTS := IntegrationTests/scripts
VENV := IntegrationTests/.venv
STAMPS := .build/stamps
BINARY := .build/release/articdbm
DIST := .build/dist
# Exclusive access is checked at run time in debug and test builds; in the server it cost about 3 % of the CPU in a profile.
RELEASE_FLAGS := -c release --static-swift-stdlib -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked
PYTEST := $(VENV)/bin/python -m pytest -c IntegrationTests/pytest.ini --rootdir IntegrationTests

.PHONY: help dev build test test-unit test-integration test-drivers lint format bench bench-check bench-inspect demo release clean

help: ## List the targets.
	@echo "ArticDBM $(VERSION): make <target>"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

dev: $(STAMPS)/system ## Debug build of the server and the unit tests.
	$(SWIFT) build --build-tests -j $(JOBS)

build: $(STAMPS)/system ## Release build of the server: .build/release/articdbm.
	$(SWIFT) build $(RELEASE_FLAGS) --product articdbm -j $(JOBS)

test: ## Unit tests, then integration tests.
	@$(MAKE) --no-print-directory test-unit
	@$(MAKE) --no-print-directory test-integration

test-unit: $(STAMPS)/system ## Unit tests (Swift Testing).
	$(SWIFT) build --build-tests -j $(JOBS)
	$(SWIFT) test --skip-build

test-integration: build $(STAMPS)/servers $(STAMPS)/venv ## The release binary before real servers, by real clients (pytest).
	$(PYTEST) -m "not drivers" IntegrationTests $(PYTEST_FLAGS)

test-drivers: build $(STAMPS)/servers $(STAMPS)/drivers $(STAMPS)/venv ## The heavier drivers: Java, Node, Go, Perl, Ruby, PHP.
	$(PYTEST) -m drivers IntegrationTests $(PYTEST_FLAGS)

lint: $(STAMPS)/lint $(STAMPS)/venv ## Formatting, layering, file budgets, shell, YAML, Markdown, Python.
	$(SCRIPTS)/lint.sh

format: ## Rewrite Swift and Python sources in the project's format.
	$(SWIFT) format format --in-place --recursive --parallel Package.swift Sources Tests
	@test ! -x $(VENV)/bin/ruff || $(VENV)/bin/ruff format IntegrationTests

bench: build $(STAMPS)/servers $(STAMPS)/bench $(STAMPS)/venv ## Measure beside the peers; prints ratios, writes JSON.
	$(VENV)/bin/python IntegrationTests/bench/run.py --binary $(BINARY) $(BENCH_FLAGS)

bench-check: $(STAMPS)/venv ## Judge the last bench run against the bars.
	$(VENV)/bin/python IntegrationTests/bench/check.py $(BENCH_FLAGS)

bench-inspect: build $(STAMPS)/venv ## What inspection catches and what it costs, beside PostgreSQL's own parser.
	$(VENV)/bin/python IntegrationTests/bench/inspection_report.py

demo: $(STAMPS)/servers ## Build, start a database and ArticDBM before it, show a session (ONCE=1, BACKEND=postgresql://…).
	@$(MAKE) --no-print-directory build
	@ONCE=$(ONCE) BACKEND='$(BACKEND)' BINARY=$(BINARY) $(SCRIPTS)/demo.sh

release: build ## Stripped binary with its checksum in .build/dist.
	@mkdir -p $(DIST)
	@strip -o $(DIST)/articdbm $(BINARY)
	@name=articdbm-$(VERSION)-linux-$$(uname -m).tar.gz; \
	tar -C $(DIST) --owner=0 --group=0 -czf $(DIST)/$$name articdbm; \
	cd $(DIST) && sha256sum $$name | tee $$name.sha256

clean: ## Remove everything that was built or set up here.
	rm -rf .build .swiftpm $(VENV) IntegrationTests/.servers IntegrationTests/.results
	find IntegrationTests -name __pycache__ -prune -exec rm -rf {} +
	find IntegrationTests -name .pytest_cache -prune -exec rm -rf {} +

# Set-up, once per list: a stamp is older than the list it was made from as soon as the list changes.
$(STAMPS)/system $(STAMPS)/servers $(STAMPS)/drivers $(STAMPS)/bench $(STAMPS)/lint: $(SCRIPTS)/packages.sh
	@mkdir -p $(@D)
	@$(SCRIPTS)/packages.sh $(@F)
	@touch $@

$(STAMPS)/servers $(STAMPS)/lint: $(STAMPS)/system
$(STAMPS)/drivers $(STAMPS)/bench: $(STAMPS)/servers

$(STAMPS)/venv: IntegrationTests/requirements.txt | $(STAMPS)/python
	@mkdir -p $(@D)
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r IntegrationTests/requirements.txt
	@touch $@

$(STAMPS)/python: $(SCRIPTS)/packages.sh
	@mkdir -p $(@D)
	@$(SCRIPTS)/packages.sh python
	@touch $@
