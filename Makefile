# Every target sets up what it needs and nothing twice. ARGS are handed on: make test ARGS="-k gt06"
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON_OF_VENV := .venv/bin/python
ONLY ?=
ARGS ?=
JOBS ?= 2
CODE := drivers edge firmware_profiles kiosk_ui office sync tests scripts

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: ## Virtual environment, locked requirements and missing Debian packages, for running and for development
	@scripts/setup.sh dev

.PHONY: kiosk-setup
kiosk-setup:
	@scripts/setup.sh kiosk

.PHONY: demo
demo: kiosk-setup ## Broker, receiver, desk, gateway and a simulated neighbourhood; ARGS="--once --json" plays one judged story
	@$(PYTHON_OF_VENV) -m edge.demo $(ARGS)

.PHONY: test
test: setup ## Every test but the long proofs, in two processes (JOBS=0: in this one)
	$(PYTHON_OF_VENV) -m pytest -m "not slow" -n $(JOBS) --dist loadfile $(ARGS)

.PHONY: proof
proof: setup ## The long proofs: a hundred kills, every power cut, every look of every screen
	$(PYTHON_OF_VENV) -m pytest -m slow $(ARGS)

.PHONY: lint
lint: setup ## ruff and mypy, as CI runs them
	$(PYTHON_OF_VENV) -m ruff check .
	$(PYTHON_OF_VENV) -m ruff format --check .
	$(PYTHON_OF_VENV) -m mypy

.PHONY: bench
bench: setup ## Measure the figures into build/bench.json; ONLY=gateway measures one part
	@$(PYTHON_OF_VENV) -m tests.bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

.PHONY: lock
lock: ## Resolve every dependency anew and write requirements/ (reads the package index)
	@scripts/lock.sh

.PHONY: clean
clean: ## Remove the virtual environment and everything built
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find $(wildcard $(CODE)) -name __pycache__ -prune -exec rm -rf {} +
