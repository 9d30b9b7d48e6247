# Everything a person or a machine does with this checkout. `make help` lists it.
#
# Each target does its own set-up: Debian's packages (as root; otherwise it says what to run first), a
# virtual environment in .venv, and the packages of requirements/, each checked against its hash. What is
# there already is left alone.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test check proof mutations bench lock screenshots catalogues messages system-product system-development \
	system-proof

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check \
	--require-hashes --no-deps --only-binary :all:
# Arguments for pytest: make test ARGS="tests/letters -k signature"
ARGS ?=
DATA_DIR ?= var
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po locale_of_letters/*/LC_MESSAGES/django.po))

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: export DEMONSTRATION := 1
run: .venv/product $(CATALOGUES) $(DATA_DIR)/static/staticfiles.json  ## Load the example cases and serve them
	$(BIN)/python manage.py migrate --verbosity 0
	exec $(BIN)/python manage.py demonstration

test: export TESTS_NEED_BROWSER := 1
test: .venv/development $(CATALOGUES)  ## Run all tests on SQLite, then on PostgreSQL those that touch a database
	$(BIN)/python -m tests $(ARGS)

check: export DJANGO_SETTINGS_MODULE := tests.settings
check: .venv/development $(CATALOGUES)  ## Check format, lint, types, layers, Django's own checks and migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pip check

proof: export TESTS_NEED_BROWSER := 1
proof: .venv/development $(CATALOGUES) | system-proof  ## Run the long proofs too, and write what they came to into docs/proof.md
	$(BIN)/python -m tests --proof $(ARGS)

mutations: .venv/development $(CATALOGUES)  ## Take out every permission check in turn, and write what was found into docs/mutations.md
	$(BIN)/python -m tests.mutations --write $(ARGS)

bench: .venv/development $(CATALOGUES)  ## Measure, and print ratios
	$(BIN)/python -m bench

messages: export DJANGO_SETTINGS_MODULE := tests.settings
messages: .venv/development  ## Collect what is to be translated into the catalogues
	$(BIN)/python manage.py makemessages --verbosity 0

catalogues: $(CATALOGUES)  ## Compile the catalogues of the pages' languages

screenshots: export TESTS_NEED_BROWSER := 1
screenshots: .venv/development $(CATALOGUES)  ## Make the pictures of docs/screenshots anew
	$(BIN)/python -m pytest --quiet tests/browser/screenshots.py

lock: .venv/development  ## Resolve the pins of pyproject.toml anew into requirements/
	$(BIN)/uv pip compile --quiet pyproject.toml $(LOCK) --output-file requirements/product.txt
	$(BIN)/uv pip compile --quiet pyproject.toml $(LOCK) --group development \
		--output-file requirements/development.txt

# For every Python from the oldest supported on, and for every platform; without the address of any index.
LOCK := --universal --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

# Compressed once for each change of a file, which takes some seconds.
$(DATA_DIR)/static/staticfiles.json: .venv/product $(shell find static */static -type f 2>/dev/null)
	$(BIN)/python manage.py collectstatic --no-input --verbosity 0

# By whichever packages are here already.
$(CATALOGUES): %.mo: %.po | $(firstword $(wildcard .venv/development) .venv/product)
	$(BIN)/python -m config.catalogues

.venv/product: requirements/product.txt | $(BIN)/pip
	$(INSTALL) --requirement $<
	touch $@

.venv/development: requirements/development.txt | system-development $(BIN)/pip
	$(INSTALL) --requirement $<
	touch $@

$(BIN)/pip: | system-product
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed.")'
	$(PYTHON) -m venv .venv

system-product system-development system-proof: system-%:
	@.ci/system-packages $*
