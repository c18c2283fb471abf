# Everything happens in .venv; repeats are quick because of the stamps in it.

# The first Python of these that is 3.11 or 3.12.
PYTHON := $(shell for python in python3.11 python3.12 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
WEB := $(shell find agent_console/web -type f -not -path '*/node_modules/*' 2>/dev/null)


.PHONY: help run test fuzz storm pictures bench check web clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.installed agent_console/static/.built ## install, build the web faces, run everything (options: ARGS=...)
	@exec $(BIN)/hotline up --demo $(ARGS)

test: .venv/.installed-test agent_console/static/.built ## run every test (options: ARGS=...)
	@scripts/debian_packages.sh sip-tester chromium fonts-noto-cjk
	@$(BIN)/python -m pytest -n 2 $(ARGS)

RTP_PARSERS = tests/unit/hotline/test_rtp.py::test_parse__never_raises \
	tests/unit/ivr/media/test_rtcp.py::test_parse__any_bytes_do_no_harm \
	tests/unit/ivr/media/test_dtmf.py::test_receive__never_raises

fuzz: .venv/.installed-test ## attack the parsers of the telephone line for a minute
	@HOTLINE_FUZZ_SECONDS=$${HOTLINE_FUZZ_SECONDS:-20} $(BIN)/python -m pytest -q --hypothesis-profile=fuzz \
		tests/unit/ivr/sip tests/integration/test_trunk_line_fuzz.py $(RTP_PARSERS) $(ARGS)

storm: .venv/.installed-test ## tell the queue six thousand stories in which processes die (six minutes and more)
	@first=$${HOTLINE_STORIES_SEED:-$$(date +%s)}; echo "again: make storm HOTLINE_STORIES_SEED=$$first"; \
	for seed in $$first $$((first + 1)); do \
		HOTLINE_STORIES_SEED=$$seed $(BIN)/python -m pytest -q --timeout 0 \
			tests/unit/hotline/queueing/test_machine.py $(ARGS) & told="$$told $$!"; \
	done; for one in $$told; do wait $$one || failed=1; done; test -z "$$failed"

pictures: .venv/.installed-test agent_console/static/.built ## take the pictures of README and docs anew
	@HOTLINE_PICTURES=docs/images $(BIN)/python -m pytest -q tests/e2e/test_first_call.py

bench: .venv/.installed-test ## run the benchmarks and print their tables (options: ARGS=...)
	@$(BIN)/python -m benchmarks $(ARGS)

check: .venv/.installed-test ## look at format, lint, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

web: agent_console/static/.built ## build the web faces

clean: ## remove what was built and installed, and keep var/
	rm -rf .venv agent_console/static agent_console/web/node_modules

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || scripts/debian_packages.sh python3-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: pyproject.toml | .venv/.made
	@echo "Installing into .venv; the first time takes some minutes ..."
	@$(PIP) --editable .
	@touch $@

.venv/.installed-test: pyproject.toml | .venv/.installed
	@echo "Installing what tests and checks need ..."
	@$(PIP) --editable '.[test,check]'
	@touch $@

agent_console/static/.built: $(WEB) scripts/build_web.sh | .venv/.installed
	@echo "Building the web faces ..."
	@scripts/build_web.sh "$(CURDIR)/$(BIN)/python"
	@touch $@
