PYTHON ?= .venv/bin/python
BIN ?= .venv/bin

.DEFAULT_GOAL := help
.PHONY: help check test floors prove prove-stale

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

check: ## format, lint, types, import contracts, generated docs; names evidence older than its code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/scr docs --check
	@$(PYTHON) -m tests.prove --list-stale

test: ## every test, with coverage floors
	$(PYTHON) -m pytest --cov --cov-report=
	$(MAKE) floors

floors: ## hold the coverage of the last run against its floors
	$(BIN)/coverage report
	$(BIN)/coverage report --include='rbac/*,gateway/access/*,gateway/audit/*,gateway/patient/*,gateway/population/*,gateway/vault/*' --fail-under=100

prove: ## the full run of one large count: make prove NAME=P01
	$(PYTHON) -m tests.prove $(NAME)

prove-stale: ## renew every piece of evidence older than the code it names
	$(PYTHON) -m tests.prove --stale
