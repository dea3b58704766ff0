# Everything a newcomer needs: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Programs are started by their modules: the scripts in $(BIN) name the checkout's folder, which may
# have been renamed, or hold a dollar.
RUN := $(BIN)/python -m
TOOLS := audit checkov node uv
AUDIT := .cache/tools/audit
SBOM := $(AUDIT)/bin/python -m cyclonedx_py
# The environment goes with the Python that made it: an upgrade leaves scripts without one.
DEAD := $(if $(wildcard $(VENV)),$(shell $(BIN)/python deploy/check_venv.py 2>/dev/null || echo dead-venv))
# Where it is set, `python -m` does not look for modules in this folder.
unexport PYTHONSAFEPATH
# A Node of the set-up's own, in the virtual environment, is found first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Node trusts only its own list of certificates; networks with one of their own add it to the system's.
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
# Where Playwright puts its own Chromium, if the machine has none.
export PLAYWRIGHT_BROWSERS_PATH ?= $(CURDIR)/.cache/browsers

# From make's command line only: environments hold a HOST or MODEL for other reasons (conda's HOST).
PORT :=
HOST :=
HTTPS :=
MODEL := emotion
ATTACK :=
SERVER :=
DATA := ../shared/data
PYTEST :=
UPGRADE :=

.PHONY: help setup run test check lock sbom audit bench scale screenshot train tune compare attack config clean dead-venv

help: ## Show this list and every setting
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo "make run takes PORT=5055, HOST=0.0.0.0 and HTTPS=1. All settings are environment variables:"
	@awk -F ' *[|] *' '/^[|] `MIEN_/ { gsub("`", ""); printf "  %-30s %s [%s]\n", $$2, $$5, ($$3 == "" ? "empty" : $$3) }' docs/reference/configuration.md

setup: $(VENV)/.runtime static/vendor/.complete ## Install what the app needs into this checkout

run: setup ## Start the app and its model server, and print the address
	@$(if $(PORT),MIEN_PORT=$(PORT)) $(if $(HOST),MIEN_HOST=$(HOST)) $(if $(HTTPS),MIEN_HTTPS=$(HTTPS)) \
		exec $(BIN)/python app.py

test: $(VENV)/.tools static/vendor/.tools static/vendor/.complete .cache/tools/checkov/.complete ## Install what the tests need, and run every check and test; needs Chromium
	@$(BIN)/python -m benchmarks.browser
	@$(MAKE) --no-print-directory check
	npm test --silent
	$(RUN) pytest $(PYTEST)

check: $(VENV)/.tools static/vendor/.tools ## Lint and check the types, Python and JavaScript
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	npm run --silent check

bench: $(VENV)/.tools static/vendor/.complete ## Measure speed and memory, print a table
	$(BIN)/python -m benchmarks.run

screenshot: $(VENV)/.tools static/vendor/.complete ## Make docs/screenshots/ from the real page
	$(BIN)/python -m benchmarks.screenshot

train: $(VENV)/.tools static/vendor/.complete ## Train, calibrate, export and measure MODEL from DATA
	$(BIN)/python -m serving.training.train $(MODEL) --data $(DATA)

tune: $(VENV)/.tools static/vendor/.complete ## Measure smoothing and thresholds on DATA, write docs/experiments/tuning.md
	$(BIN)/python -m benchmarks.tuning --data $(DATA)

compare: $(VENV)/.tools static/vendor/.complete ## Hold the models against other projects' on DATA, write docs/experiments/comparison.md
	$(BIN)/python -m benchmarks.peers --data $(DATA)

scale: $(VENV)/.tools static/vendor/.complete ## Measure how apps add up and what a webcam costs, write docs/reference/sizing.md
	$(BIN)/python -m benchmarks.scale

attack: $(VENV)/.tools static/vendor/.complete ## Attack the service on loopback, print what another client sees of it
	$(BIN)/python -m benchmarks.attack $(if $(ATTACK),--only $(ATTACK)) $(if $(SERVER),--server $(SERVER))

lock: | $(BIN)/uv ## Write the locks anew from requirements*.txt and locks/*.in; UPGRADE=--upgrade takes new versions
	$(call lock,requirements-dev.txt,requirements-dev.lock,$(UPGRADE))
	$(call lock,requirements.txt,requirements.lock,$(SAME))
	$(call lock,requirements-tracing.txt,locks/tracing.lock,$(SAME))
	grep -vE '^(pytest|tensorflow)' requirements.txt | $(call lock,-,locks/host.lock,$(SAME))
	grep -vE '^(openvino|pytest|tensorflow)' requirements.txt | $(call lock,-,locks/app.lock,$(SAME))
	grep -E '^(grpcio|numpy|openvino|prometheus)' requirements.txt | $(call lock,-,locks/model-server.lock,$(SAME))
	$(foreach tool,$(TOOLS),$(call lock,locks/$(tool).in,locks/$(tool).lock,$(UPGRADE)) &&) true

sbom: $(AUDIT)/.complete static/vendor/.complete ## Write .cache/sbom/: what the images, this installation and the page consist of (CycloneDX)
	@mkdir -p .cache/sbom
	$(SBOM) requirements locks/app.lock --output-file .cache/sbom/app.json
	$(SBOM) requirements locks/model-server.lock --output-file .cache/sbom/model-server.json
	$(SBOM) environment $(BIN)/python --output-file .cache/sbom/installation.json
	npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx > .cache/sbom/page.json

audit: $(AUDIT)/.complete $(VENV)/.node ## Ask PyPI and the npm registry for known vulnerabilities of what the locks name
	$(AUDIT)/bin/python -m pip_audit --strict --disable-pip --require-hashes --progress-spinner=off \
		$(foreach lock,requirements-dev.lock $(TOOLS:%=locks/%.lock),--requirement $(lock))
	npm audit --package-lock-only

config: $(VENV)/.runtime ## Write docs/reference/configuration.md from the code
	$(BIN)/python -m web.settings.reference > docs/reference/configuration.md

clean: ## Remove everything that set-up and tests made
	rm -rf $(VENV) node_modules static/vendor .cache .mypy_cache .ruff_cache .pytest_cache

dead-venv:
	@echo "$(VENV) was made by a Python that is gone, or in another folder. It is made anew."
	@rm -rf $(VENV)

$(BIN)/uv: $(DEAD)
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Mien needs Python 3.11 or newer; name it with make PYTHON=..."; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) >/dev/null 2>&1 || $(venv_without_ensurepip) || { rm -rf $(VENV); \
		echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@$(RUN) pip install --quiet --disable-pip-version-check $(LOCKED) locks/uv.lock

$(VENV)/.runtime: requirements.lock $(DEAD) | $(BIN)/uv
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.tools: requirements-dev.lock $(VENV)/.runtime
	$(call install,requirements-dev.lock)
	@touch $@

$(VENV)/.node: locks/node.lock $(DEAD) | $(BIN)/uv
	@node --version 2>/dev/null | grep -qE '^v(2[0-9]|[3-9][0-9])\.' && npm --version >/dev/null 2>&1 || \
		$(call install,locks/node.lock)
	@touch $@

static/vendor/.complete: package.json package-lock.json vendor.mjs $(VENV)/.node
	npm ci --loglevel=error --omit=dev --ignore-scripts >/dev/null
	npm run --silent vendor
	@touch $@

# The tools of the tests replace the packages that the page needs; those are copied already.
static/vendor/.tools: static/vendor/.complete
	npm ci --loglevel=error --ignore-scripts >/dev/null
	@touch $@

# Tools in environments of their own, which ask for other versions of what the tests use.
.cache/tools/%/.complete: locks/%.lock $(DEAD) | $(BIN)/uv
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	@$(BIN)/uv pip install --quiet --system-certs --python $(@D)/bin/python $(LOCKED) $<
	@touch $@

# Debian's Python has no ensurepip before root installs python3-venv.
venv_without_ensurepip = { "$(PYTHON)" -m venv --without-pip --clear $(VENV) \
	&& $(BIN)/python deploy/bootstrap_pip.py; }

# uv is quick and keeps a cache; pip is there for networks that only pip is set up for.
install = $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python $(LOCKED) $(1) \
	|| $(RUN) pip install --quiet --disable-pip-version-check $(LOCKED) $(1)

# Only files whose hashes the lock has, and no source package: building one would fetch more.
LOCKED := --require-hashes --only-binary=:all: --requirement

# One lock serves all platforms and Pythons. The versions are those of requirements-dev.lock.
SAME := --constraint requirements-dev.lock
lock = $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-header --annotation-style line $(3) $(1) --output-file $(2)
