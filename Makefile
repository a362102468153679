# Runwatch: `make demo` and `make test` do all the set-up they need, with or without uv, never as root.
.PHONY: demo test torture check audit sbom format lock bench gpu-check soak docs picture clean help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
WORKERS ?= 2
DEMO_ARGS ?=

help:  ## say what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# One stamp per set of dependencies: the lock file and pyproject.toml decide when to install again.
$(VENV)/.run: pyproject.toml requirements/run.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Runwatch needs Python 3.11 or newer (PYTHON=$(PYTHON))" >&2; exit 1; }
	test -x $(BIN)/python || $(if $(UV),$(UV) venv --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))
	$(call install,requirements/run.lock)
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	$(call install,requirements/dev.lock)
	touch $@

ifneq ($(UV),)
# A second try with the certificates of the system: a proxy that opens TLS is known there, and not to uv.
define install
	$(call uv_install,--require-hashes -r $(1))
	$(call uv_install,--no-deps -e .)
endef
define uv_install
	$(UV) pip install --quiet --python $(BIN)/python $(1) \
		|| UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 $(UV) pip install --quiet --python $(BIN)/python $(1)
endef
else
define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
endef
endif

demo: $(VENV)/.run  ## train a few small networks and watch them (without a terminal: one frame as text)
	@if [ -t 1 ]; then $(BIN)/tui demo $(DEMO_ARGS); else $(BIN)/tui demo --once --seconds 8 $(DEMO_ARGS); fi

test: $(VENV)/.dev  ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) $(TEST_ARGS)

# What guides bytes by coverage comes into an environment of its own; without the network the torture goes without it.
build/atheris/.done: requirements/fuzz.lock
	@{ $(PYTHON) -m venv build/atheris && build/atheris/bin/pip install --quiet --require-hashes -r $< && touch $@; } \
		|| { rm -rf build/atheris; echo "no atheris for this Python or without the network: going on without it" >&2; }

torture: $(VENV)/.dev build/atheris/.done  ## kill, starve, lie and see what breaks, for ten minutes (TORTURE_ARGS="--minutes 60")
	$(BIN)/python -m tests.torture $(TORTURE_ARGS)

check: $(VENV)/.dev  ## lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

sbom: $(VENV)/.run  ## write the bill of materials, sbom.cdx.json (CycloneDX)
	$(BIN)/python requirements/sbom.py sbom.cdx.json

# pip-audit comes into an environment of its own. It needs the network: PyPI's list of known vulnerabilities.
audit:  ## look for known vulnerabilities in what is locked
	test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet pip-audit; }
	build/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/run.lock

format: $(VENV)/.dev  ## let ruff put the code in order
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

lock: $(VENV)/.dev  ## pin every dependency again, with hashes (needs uv)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --upgrade -o requirements/run.lock pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --upgrade --no-emit-package runwatch --extra dev -c requirements/run.lock -o requirements/dev.lock pyproject.toml

bench: $(VENV)/.dev  ## measure everything beside its floor, in ten minutes (BENCH_ARGS=--quick: in one; PEERS=1: peers too)
	$(BIN)/python -m benchmarks $(if $(PEERS),--peers) $(BENCH_ARGS)

gpu-check: $(VENV)/.dev  ## check the telemetry on a real NVIDIA GPU, and keep the figures in docs/gpu-check.md
	$(BIN)/python -m benchmarks.gpu_check $(GPU_CHECK_ARGS)

soak: $(VENV)/.run  ## leave the app alone with 64 live runs for ten minutes, and plot what it took
	$(BIN)/python -m benchmarks.soak $(SOAK_ARGS)

docs: $(VENV)/.dev  ## write the pages that come from the code
	$(BIN)/python docs/generate.py

picture: $(VENV)/.dev  ## take the README's picture of the real app
	$(BIN)/python -m benchmarks.picture docs/watch.svg

clean:  ## remove what was built here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
