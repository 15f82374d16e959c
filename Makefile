SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
PYTHON := $(VENV)/bin/python
export SAM_CLI_TELEMETRY := 0
# sam needs a region even for commands that call no AWS.
SAM := AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} .venv-sam/bin/python -m samcli

# A warning is an error: dead links, missing anchors, pages that the navigation lacks.
MKDOCS = NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs build --strict

# One process per core. The tests of a file share a process, so a stack starts once. Their order is
# that of tests/conftest.py.
PYTEST = TMPDIR=$$(.ci/scratch) $(PYTHON) -m pytest -n logical --dist loadscope --no-loadscope-reorder
# The slow tests wait for a stack a third of the time, so more processes than cores run them.
SLOW_PROCESSES := $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: install-local ## Run the demo; ONCE=1 ends it by itself
	@$(PYTHON) -m gazette_cli demo $(if $(ONCE),--once)

.PHONY: test
test: install-test ## Run the quick tests, and say how long they took; ARGS="-k feed" is passed to pytest
	@SECONDS=0; HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-quick} $(PYTEST) -m "not slow" $(ARGS); \
	  status=$$?; echo "The tests took $$SECONDS seconds"; exit $$status

.PHONY: e2e
e2e: install-test install-sam install-build ## Deploy with the SAM CLI to a local AWS, use the stack, delete it
	@echo "Checking template.yaml"
	@$(SAM) validate --lint
	@echo "Building, deploying and using the stack"
	@$(PYTEST) tests/e2e $(ARGS)

.PHONY: soak
soak: install-test ## Publish random histories in disorder until time is up; MINUTES=5, ARGS="--seed 7"
	@$(PYTHON) -m tests.faults.soak --minutes $(or $(MINUTES),5) $(ARGS)

.PHONY: bench
bench: install-test ## Measure layers, cold starts, feeds, lag and cost; ARGS="starts cost" are parts of it
	@$(PYTHON) -m tests.bench $(ARGS)

.PHONY: counts
counts: install-local ## Count the calls of each kind of change by their cause; ARGS="--events 400"
	@$(PYTHON) -m tests.cost.counts $(ARGS)

.PHONY: check
check: installs ## Everything CI checks: format, lint, types, template, tests with coverage
	@echo "Checking format and lint"
	@$(PYTHON) -m ruff format --check --quiet
	@$(PYTHON) -m ruff check --quiet
	@echo "Checking types"
	@$(PYTHON) -m mypy
	@echo "Checking template.yaml"
	@$(PYTHON) $(VENV)/bin/cfn-lint template.yaml
	@$(SAM) validate --lint
	@.ci/audit
	@echo "Building the documentation"
	@$(MKDOCS)
	@.ci/venv build || echo "SKIPPED tests/e2e: sam build needs Python 3.13"
	@echo "Running the quick tests, with more examples than make test"
	@$(PYTEST) -m "not slow" --cov --cov-report=term-missing:skip-covered $(ARGS)
	@echo "Running the slow tests, and those of make e2e"
	@$(PYTEST) -n $(SLOW_PROCESSES) -m slow $(ARGS)

.PHONY: mutants
mutants: install-mutants ## Change the core's decisions and list the changes that no test notices; ARGS="s3 ledger"
	@.venv-mutants/bin/python .ci/mutants.py $(ARGS)

.PHONY: audit
audit: install-audit install-checkov ## Look for known weaknesses in code, template and dependencies
	@.ci/audit

.PHONY: fmt
fmt: install-check ## Format the code and fix what ruff can fix
	@$(PYTHON) -m ruff format
	@$(PYTHON) -m ruff check --fix

# Needs Chromium, newsboat and tmux; .ci/install-program installs each of them.
.PHONY: screenshots
screenshots: install-local install-oracle ## Take the screenshots of the documentation from the demo; look at them before committing
	@$(PYTHON) -m gazette_cli.demo.screenshots

.PHONY: golden
golden: install-test ## Write the golden files; read the diff before committing it
	@$(PYTHON) -m pytest tests/golden --regenerate-golden

.PHONY: cldr
cldr: install-local ## Write the dates and numbers of the site's languages from CLDR, after an upgrade of Babel
	@$(PYTHON) .ci/cldr.py

.PHONY: docs
docs: install-docs ## Build the documentation as a site into build/docs/; a dead link fails
	@$(MKDOCS)

.PHONY: reference
reference: install-test ## Write the pages of the documentation that follow from the code; read the diff
	@$(PYTHON) -m tests.reference

.PHONY: events
events: install-local ## Write the payloads in events/; read the diff before committing it
	@$(PYTHON) -m tests.functions.payloads

.PHONY: lock
lock: install-lock ## Compile requirements/*.in; ARGS=--upgrade moves every pin
	@.ci/lock $(ARGS)

.PHONY: build
build: install-sam install-build ## Build the functions and layers with SAM; ARGS are passed to sam build
	@PATH="$(CURDIR)/.venv-build/bin:$$PATH" $(SAM) build $(ARGS)

.PHONY: deploy
deploy: install-local ## Build and deploy the stack of gazette.toml; ARGS=--changes lists what would change
	@$(PYTHON) -m gazette_cli deploy $(ARGS)

.PHONY: dist
dist: install-lock ## Build the wheel and the source of a release into dist/; docs/releasing.md
	@rm -rf dist
	@.venv-lock/bin/python -m uv build --quiet --out-dir dist

.PHONY: clean
clean: ## Remove the virtual environments, caches and build output
	rm -rf .venv .venv-sam .venv-lock .venv-build .venv-audit .venv-checkov .venv-bench .venv-oracle .venv-docs .venv-mutants .venv-lighthouse .mutants .aws-sam .coverage htmlcov dist build
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments of `make check`, at the same time: an installation mostly waits for the network.
.PHONY: installs
installs:
	@$(MAKE) --no-print-directory --jobs $(addprefix install-,check sam audit checkov oracle docs lighthouse)

.PHONY: install-lighthouse
install-lighthouse:
	@.ci/install-lighthouse

# Each does nothing when its requirements are installed already.
INSTALLS := $(addprefix install-,local test check sam lock build audit checkov bench oracle docs mutants)
.PHONY: $(INSTALLS)
$(INSTALLS): install-%:
	@.ci/venv $*
