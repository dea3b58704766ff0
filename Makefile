# Start with `make run` and `make test`. `make help` lists every target.
SHELL := /bin/sh
.DEFAULT_GOAL := help
# Commands are not echoed; `make --dry-run TARGET` shows them.
.SILENT:

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Programs run as modules: the scripts in $(BIN) contain the checkout's path, which may have been
# renamed or may contain a dollar sign.
RUN := $(BIN)/python -m
TOOLS := audit checkov detector node profile uv
BENCH := .cache/bench
# The commit that `make bench` compares with.
BASE := 5fc0e01
AUDIT := .cache/tools/audit
NODE := .cache/tools/node
NODE_TOOL = $(if $(HAS_NODE),,$(NODE)/.complete)
SETTINGS := docs/reference/configuration.md
PARALLEL = $(MAKE) --no-print-directory -j2
SBOM := $(AUDIT)/bin/python -m cyclonedx_py
# An upgrade of Python breaks the environment.
DEAD := $(if $(wildcard $(VENV)),$(shell $(BIN)/python deploy/check_venv.py 2>/dev/null || echo dead-venv))
HAS_NODE = $(shell node --version 2>/dev/null | grep -qE '^v(2[0-9]|[3-9][0-9])\.' && command -v npm)
# If it is set, `python -m` does not find the modules in this folder.
unexport PYTHONSAFEPATH
# Node.js is installed there if the machine has none.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(NODE)/bin:$(PATH)
# Node.js trusts only its own list of certificates. A company's certificates are in the system's list.
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
# Playwright installs Chromium there if the machine has none.
export PLAYWRIGHT_BROWSERS_PATH ?= $(CURDIR)/.cache/browsers

# Read only from make's command line: conda and other tools set HOST in the environment.
PORT :=
HOST :=
HTTPS :=
PROCESSES :=
MODEL := emotion
ATTACK :=
SERVER :=
DATA := ../shared/data
YUNET := ../shared/models/face_detection_yunet_2023mar.onnx
PYTEST :=
UPGRADE :=
QUICK :=
WRITE :=

.PHONY: help setup setup-dev setup-test tracing run test test-fast check lint types types-page unit-page browser \
	lock sbom audit bench profile scale screenshot train train-detector tune compare attack generate wheel clean dead-venv

help: ## List targets and settings
	echo "make TARGET, where TARGET is one of:"
	sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	echo "make run takes PORT=5055, HOST=0.0.0.0, HTTPS=1 and PROCESSES=auto. All settings are environment variables:"
	awk -F ' *[|] *' '/^[|] `MIEN_/ { gsub("`", ""); \
		printf "  %-32s %s [%s]\n", $$2, $$5, ($$3 == "" ? "empty" : $$3) }' $(SETTINGS)

setup: | $(BIN)/uv ## Install what the app needs, in this checkout
	+$(PARALLEL) $(VENV)/.runtime static/vendor/.complete

setup-dev: | $(BIN)/uv ## Also install what lint, type checks and unit tests need
	+$(PARALLEL) $(VENV)/.dev static/vendor/.complete node_modules/.complete

setup-test: setup-dev ## Also install what all tests and training need, such as TensorFlow
	+$(PARALLEL) $(VENV)/.full .cache/tools/checkov/.complete

tracing: $(VENV)/.runtime ## Also install OpenTelemetry, for MIEN_TRACES
	$(call install,$(BIN),locks/tracing.lock)

run: setup ## Start the app and its model server, and print the address
	$(if $(PORT),MIEN_PORT=$(PORT)) $(if $(HOST),MIEN_HOST=$(HOST)) $(if $(HTTPS),MIEN_HTTPS=$(HTTPS)) \
		$(if $(PROCESSES),MIEN_PROCESSES=$(PROCESSES)) exec $(BIN)/python app.py

# The unit tests run before TensorFlow is installed. The other tests run one at a time, because they
# share ports and some measure times.
test: browser $(if $(PYTEST),check,test-fast) setup-test ## Run every check and test, with Chromium (installed if missing)
	$(RUN) pytest $(or $(PYTEST),--quiet -m "not unit")

test-fast: check ## Run lint, type checks and unit tests, without browser, containers or TensorFlow
	$(RUN) pytest --quiet -m unit -n logical --dist loadfile

check: setup-dev ## Run lint, type checks and the page's unit tests
	+$(PARALLEL) --output-sync lint types types-page unit-page

lint:
	$(RUN) ruff check --quiet . && $(RUN) ruff format --check --quiet . && echo "ruff: no problems"

types:
	$(RUN) mypy --no-error-summary && echo "mypy: no problems"

types-page:
	npm run --silent check && echo "tsc: no problems"

unit-page:
	npm test --silent

browser: setup-dev
	$(RUN) benchmarks.browser

bench: browser $(BENCH)/runtime/.complete $(BENCH)/$(BASE)/.complete ## Compare speed and memory with an earlier commit. QUICK=1 takes two minutes
	$(RUN) benchmarks.speed $(if $(QUICK),--quick) $(if $(WRITE),--write)

screenshot: setup-dev ## Take the screenshots in docs/screenshots/
	$(BIN)/python -m benchmarks.screenshot

train: setup-test ## Train, calibrate, export and evaluate MODEL on DATA
	$(BIN)/python -m serving.training.train $(MODEL) --data $(DATA)

train-detector: .cache/tools/detector/.complete ## Train the face detector on DATA with YUNET as its teacher, into .cache/detector/
	mkdir -p .cache/detector
	.cache/tools/detector/bin/python -m serving.training.detector.train --scenes $(DATA)/scenes.zip \
		--faces $(DATA)/fairface_rgb.zip --teacher $(YUNET) --out .cache/detector

tune: setup-test ## Measure smoothing and thresholds on DATA, and write docs/experiments/tuning.md
	$(BIN)/python -m benchmarks.tuning --data $(DATA)

compare: setup-test ## Compare the models with other projects on DATA, and write docs/experiments/comparison.md
	$(BIN)/python -m benchmarks.peers --data $(DATA)

profile: setup-dev $(BENCH)/runtime/.complete $(BENCH)/$(BASE)/.complete .cache/tools/profile/.complete ## Profile this version and the earlier commit by thread and function
	$(RUN) benchmarks.speed.profile $(if $(WRITE),--write)

scale: setup-dev ## Measure scaling and the cost of a webcam, and write docs/reference/sizing.md
	$(BIN)/python -m benchmarks.scale

attack: setup-dev ## Attack the service on loopback, and print the effect on another client
	$(BIN)/python -m benchmarks.attack $(if $(ATTACK),--only $(ATTACK)) $(if $(SERVER),--server $(SERVER))

lock: | $(BIN)/uv ## Update the lock files. UPGRADE=--upgrade also upgrades the versions
	$(call lock,requirements.txt,requirements.lock,$(UPGRADE) --no-emit-package mien)
	$(call lock,pyproject.toml,locks/runtime.lock,$(SAME))
	$(call lock,pyproject.toml,locks/dev.lock,$(SAME) --extra dev --extra tracing)
	$(LIST) --extra tracing | $(call lock,-,locks/tracing.lock,$(SAME))
	$(LIST) --extra tensorflow-serving-api | $(call lock,-,locks/bench.lock,$(SAME))
	$(LIST) --only $(MODEL_SERVER) | $(call lock,-,locks/model-server.lock,$(SAME))
	$(LIST) --only pydantic | $(call lock,-,locks/contract.lock,$(SAME))
	$(foreach tool,$(TOOLS),$(call lock,locks/$(tool).in,locks/$(tool).lock,$(UPGRADE)) &&) true

sbom: $(AUDIT)/.complete $(VENV)/.runtime $(NODE_TOOL) ## Write SBOMs of images, installation and page to .cache/sbom/ (CycloneDX)
	mkdir -p .cache/sbom
	$(SBOM) requirements locks/runtime.lock --output-file .cache/sbom/app.json
	$(SBOM) requirements locks/model-server.lock --output-file .cache/sbom/model-server.json
	$(SBOM) environment $(BIN)/python --output-file .cache/sbom/installation.json
	npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx > .cache/sbom/page.json

audit: $(AUDIT)/.complete $(NODE_TOOL) ## Check all locked packages for known vulnerabilities, with PyPI and npm
	$(AUDIT)/bin/python -m pip_audit --strict --disable-pip --require-hashes --progress-spinner=off \
		$(foreach lock,requirements.lock $(TOOLS:%=locks/%.lock),--requirement $(lock))
	npm audit --package-lock-only

generate: setup-dev ## Generate settings page, protocol, page types and gRPC messages from the code
	@$(BIN)/python -m web.settings.reference > $(SETTINGS)
	@$(BIN)/python -m web.schema
	@$(BIN)/python -m serving.protos.generate

wheel: setup-dev ## Build a wheel and a source package in dist/
	$(RUN) build --no-isolation .

clean: ## Remove everything that setup and tests created
	rm -rf $(VENV) node_modules static/vendor .cache .mypy_cache .ruff_cache .pytest_cache dist

dead-venv:
	echo "$(VENV) is broken: its Python is missing, or the folder was moved. Recreating it."
	rm -rf $(VENV)

# Created without pip, which takes longer to install than everything else. uv installs the packages.
$(BIN)/uv: $(DEAD)
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Mien needs Python 3.11 or newer. Choose one with make PYTHON=..."; exit 1; }
	echo "Creating $(VENV)"
	"$(PYTHON)" -m venv $(VENV) --without-pip || { rm -rf $(VENV); \
		echo "Python cannot create a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/$(pip) locks/uv.lock

$(VENV)/.runtime: locks/runtime.lock $(DEAD) | $(BIN)/uv
	echo "Installing Python packages"
	$(call install,$(BIN),$<)
	touch $@

$(VENV)/.dev: locks/dev.lock $(DEAD) | $(BIN)/uv
	echo "Installing Python packages for development"
	$(call install,$(BIN),$<)
	touch $@ $(VENV)/.runtime

$(VENV)/.full: requirements.lock $(DEAD) | $(BIN)/uv
	echo "Installing Python packages for training and all tests"
	$(call install,$(BIN),$<)
	touch $@

static/vendor/.complete: package.json package-lock.json vendor.mjs deploy/page_assets.py | $(BIN)/uv
	echo "Installing the page's scripts"
	$(if $(HAS_NODE),$(BIN)/python deploy/page_assets.py,$(with_own_node) && rm -rf $(PAGE_NODE))
	touch $@

node_modules/.complete: package.json package-lock.json $(NODE_TOOL)
	echo "Installing npm packages for development"
	npm ci --loglevel=error --ignore-scripts >/dev/null
	touch $@

# These tools need other versions of the tests' packages, so each has an environment of its own.
.cache/tools/%/.complete: locks/%.lock $(DEAD) | $(BIN)/uv
	echo "Installing $*"
	$(call environment,$(@D),$<)
	touch $@

# What `make run` installs, and nothing else: other packages change the memory of the app.
$(BENCH)/runtime/.complete: locks/runtime.lock $(DEAD) | $(BIN)/uv
	echo "Installing Python packages to measure with"
	$(call environment,$(@D),$<)
	touch $@

# The earlier commit ran on the same versions, and needed TensorFlow's messages as well.
$(BENCH)/$(BASE)/.complete: locks/runtime.lock locks/bench.lock $(DEAD) | $(BIN)/uv
	git cat-file -e $(BASE) 2>/dev/null || { echo "make bench compares with commit $(BASE), which this" \
		"clone does not have. Run: git fetch --unshallow"; exit 1; }
	echo "Installing commit $(BASE) to compare with"
	rm -rf $(@D) && mkdir -p $(@D) && git archive $(BASE) | tar -x -C $(@D)
	$(call environment,$(@D)/.venv,locks/runtime.lock) && { $(call install,$(@D)/.venv/bin,locks/bench.lock); }
	touch $@

# Node.js takes 200 MB, and only this step needs it.
PAGE_NODE := .cache/node-for-page
with_own_node = $(call environment,$(PAGE_NODE),locks/node.lock) && $(PAGE_NODE)/bin/python deploy/page_assets.py

environment = $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(1) && { $(call install,$(1)/bin,$(2)); }

# uv is fast and has a cache. pip is the fallback for networks that only pip is configured for.
install = $(BIN)/uv pip install --quiet --system-certs --python $(1)/python $(LOCKED) $(2) || $(1)/$(pip) $(2)
pip = python deploy/bootstrap_pip.py install -qq --disable-pip-version-check $(LOCKED)

# Only files with hashes in the lock, and no source packages: a build would download more.
LOCKED := --require-hashes --only-binary=:all: --requirement

# One lock for all platforms and Python versions. The versions are those of requirements.lock.
SAME := --constraint requirements.lock
LIST := $(BIN)/python deploy/list_requirements.py
MODEL_SERVER := grpcio grpcio-health-checking numpy opentelemetry-api openvino prometheus-client protobuf pydantic
lock = $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-header --annotation-style line $(3) $(1) --output-file $(2)
