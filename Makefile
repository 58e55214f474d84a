# Two commands: `make run` and `make test`. Everything else is for maintainers.
#
#   make run              serve on http://127.0.0.1:8501     (PORT=8600 make run: another port)
#   PROCESSES=4 make run  several processes behind that address (nginx)
#   make test             lint, types, unit, page and browser tests
#   make quick            the same without a browser and without LibreOffice, and a quarter of the random draws: a few minutes
#   make test-long        every fault as often as promised (kill -9, requests…), figures in benchmarks/reliability.md
#   make coverage         which lines the tests without a browser reach (what that leaves out: CONTRIBUTING.md)
#   make lock             resolve pyproject.toml again into requirements*.txt   (UPGRADE=1: newest versions)
#   make bench            the measures behind the claims on speed
#   make reference        build data/reference again from its published packages
#
# PYTHON names the interpreter that makes .venv; by default the first of these that is recent enough.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
PORT ?= 8501
PY := .venv/bin/python
# Each worker takes its next tests from where it stands, and then from who has most left: tests of one module stay together, so that
# the servers and homes they share are made once, and no worker waits. More than 8 would only compete for memory: each has its browser.
PARALLEL := -n auto --maxprocesses 8 --dist worksteal
WITHOUT_BROWSER := -m "not browser and not office" --ignore=tests/browser
# The types are checked beside the tests, which leave a core free now and then; what mypy says comes last. Either fails the whole.
define TYPES_AND_TESTS
	@said=$$(mktemp); $(PY) -m mypy . >"$$said" 2>&1 & types=$$!; trap 'kill $$types 2>/dev/null' INT TERM; \
	$(PY) -m pytest $(PARALLEL) $(1) $(ARGS); tests=$$?; \
	wait $$types; sound=$$?; cat "$$said"; rm -f "$$said"; [ $$tests -eq 0 ] && [ $$sound -eq 0 ]
endef
COMPILE := .venv/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Python may keep what it has compiled, wherever make is called from: the tests start a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := run
.PHONY: run test test-long quick coverage lint style browser office postgresql nginx venv venv-dev lock bench reference

run: venv
	$(if $(filter-out 1,$(PROCESSES)),$(PY) -m tools.processes $(PORT) "$(PROCESSES)",$(PY) -m streamlit run app.py --server.port $(PORT))

test: venv-dev browser office postgresql nginx style
	$(call TYPES_AND_TESTS)

test-long: venv-dev browser nginx postgresql
	ZEVILLAGE_LONG=1 ZEVILLAGE_RELIABILITY=benchmarks/reliability.md $(PY) -m pytest tests/faults tests/data/applications/test_machine.py $(ARGS)

quick: export ZEVILLAGE_DRAWS = quick
quick: venv-dev style
	$(call TYPES_AND_TESTS,$(WITHOUT_BROWSER))

coverage: venv-dev
	$(PY) -m pytest $(PARALLEL) $(WITHOUT_BROWSER) --cov --cov-report=term:skip-covered $(ARGS)

lint: style
	$(PY) -m mypy .

style: venv-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

# The browser of the machine, or one installed for the tests.
browser: venv-dev
	@$(PY) -m tests.browser.chromium

# LibreOffice of the machine, or one installed for the tests; where neither can be, its tests are left out, except under CI=true.
office: venv-dev
	@$(PY) -m tests.office

# PostgreSQL likewise; the tests start a server of their own with it.
postgresql: venv-dev
	@$(PY) -m tests.postgresql

# nginx likewise: the files of deploy/ are tried behind it.
nginx: venv-dev
	@$(PY) -m tests.nginx

venv:
	@command -v $(firstword $(PYTHON)) >/dev/null || { echo "Python 3.11+ introuvable / Python 3.11+ not found" >&2; exit 1; }
	@$(PYTHON) tools/setup_venv.py requirements.txt

venv-dev:
	@$(PYTHON) tools/setup_venv.py requirements-dev.txt

# The run list first, the others within its versions: they always agree.
lock: venv-dev
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra postgresql -c requirements.txt -o requirements-postgresql.txt
	$(COMPILE) --group dev -c requirements-postgresql.txt -o requirements-dev.txt

bench: venv-dev browser
	$(PY) -m benchmarks $(ARGS)

reference: venv
	$(PY) -m data.reference.build $(ARGS)
