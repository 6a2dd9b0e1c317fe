# Every target sets up what it needs. The environment is .venv; nothing else on the machine is changed.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PLAN ?= loadtests/plans/spring.yaml
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
STAMP := .venv/.surgeproof-ready

.PHONY: help setup rehearse test test-all test-engine pulumi lint format bench golden schemas clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.tools/uv/bin/uv:
	python3 -m venv .tools/uv
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(STAMP): pyproject.toml uv.lock | $(filter .tools/%,$(UV))
	$(UV) sync --locked --extra local --compile-bytecode
	@touch $@

setup: $(STAMP) ## Install everything, locked, into .venv

rehearse: $(STAMP) ## Rehearse the shipped plan on this machine: program to verdict (PLAN=... for another)
	.venv/bin/surgeproof rehearse $(PLAN)

test: $(STAMP) ## All fast tests
	.venv/bin/python -m pytest
	@if [ -x .tools/bin/pulumi ] || command -v pulumi >/dev/null; then echo "left out: the tests with the real Pulumi engine. Run them: make test-engine"; \
	else echo "left out: the tests with the real Pulumi engine, which need its CLI. Install Pulumi, or make pulumi (Go 1.26, five minutes once), then make test-engine"; fi

test-all: test ## The slow and the many as well
	.venv/bin/python -m pytest -m "slow and not engine"

pulumi: ## Build the pinned Pulumi CLI into .tools/bin (Go 1.26, five minutes once)
	scripts/get_pulumi.sh

test-engine: $(STAMP) ## The tests with the real Pulumi engine (needs its CLI: make pulumi, or an installed one)
	.venv/bin/python -m pytest -m engine

lint: $(STAMP) ## Linters, types, import contract, dependencies
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/ty check
	.venv/bin/lint-imports
	.venv/bin/deptry .

format: $(STAMP) ## Format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: $(STAMP) ## Benchmarks: tables, never asserts
	for file in tests/benchmarks/bench_*.py; do echo "== $$file"; .venv/bin/python $$file || exit 1; done

golden: $(STAMP) ## Write what each stack deploys into tests/golden/
	.venv/bin/python scripts/golden.py

schemas: $(STAMP) ## Write the JSON Schemas and generated pages into docs/
	.venv/bin/python scripts/generate_docs.py

clean: ## Remove the environment and what runs have left
	rm -rf .venv .tools .pytest_cache .ruff_cache .hypothesis dist evidence
