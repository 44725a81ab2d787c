# Everything one does here. Each target first prepares .venv (deploy/bootstrap), which is quick when nothing changed.
.DEFAULT_GOAL := help
.PHONY: help bootstrap style run test faults demo bench lint format contracts lock clean

BIN := .venv/bin
# One process more than there are cores: tests often wait, for servers, timers or each other.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)))
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

# Written once, compiled modules save seconds at every later start, also where the shell forbids writing them.
unexport PYTHONDONTWRITEBYTECODE
# An environment of somebody else's that happens to be active is not ours.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONPATH PYTHONHOME

help:
	@echo "make run        start the whole system on this machine: http://localhost:8080 (OCOP_PORT, OCOP_HOME)"
	@echo "make demo       play a year of the programme against OCOP_URL, or against a private system"
	@echo "make test       every check and test (ARGS=… goes to pytest, JOBS=… processes)"
	@echo "make faults     the fault tests alone, at full size (minutes)"
	@echo "make lint       style, types and the boundaries between packages"
	@echo "make format     rewrite the code in its style"
	@echo "make bench      speed against a naive twin and the physical limits"
	@echo "make contracts  write the OpenAPI documents in contracts/ anew"
	@echo "make lock       resolve requirements.in anew"
	@echo "make clean      remove .venv, caches and the data of stopped local systems"

bootstrap:
	@deploy/bootstrap

run: bootstrap
	@exec $(BIN)/python -m deploy.local

demo: bootstrap
	@exec $(BIN)/python -m deploy.local.demo $(ARGS)

bench: bootstrap
	@exec $(BIN)/python -m bench $(ARGS)

style: bootstrap
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-logo

lint: style
	@$(BIN)/mypy

# Types are checked beside the tests: both take long and neither needs the other. Each one's verdict counts.
# A file's tests stay together, since they share what is slow to start; the longest files come first, not the ones
# with the most tests.
test: style
	@said=$$(mktemp); $(BIN)/mypy >"$$said" 2>&1 & checker=$$!; \
	trap 'kill $$checker 2>/dev/null; rm -f "$$said"' EXIT INT TERM; \
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS); tests=$$?; \
	wait $$checker; types=$$?; cat "$$said"; \
	[ $$tests -eq 0 ] && [ $$types -eq 0 ]

faults: bootstrap
	@FAULT_RECIPIENTS=5000 $(BIN)/pytest -m fault $(ARGS)

format: bootstrap
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

contracts: bootstrap
	@$(BIN)/python -m deploy.origin.contracts

lock: bootstrap
	@$(LOCK) requirements.in -o requirements.lock
	@$(LOCK) deploy/runtime.in -c requirements.lock -o deploy/runtime.lock

clean:
	@if [ -x $(BIN)/python ] && [ -f .run/lock ]; then \
		$(BIN)/python -c 'import fcntl; fcntl.flock(open(".run/lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null \
			|| { echo "A system runs in .run/: stop it first."; exit 1; }; \
	fi
	@rm -rf .venv .venv.lock .run .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
