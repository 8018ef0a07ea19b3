# Everything happens in .venv; tools/setup.sh makes it, and is done at once when nothing changed.
# ARGS reaches the program: make run ARGS="--help", make test ARGS="tests/core -k guard".

.DEFAULT_GOAL := help
.PHONY: help run test check bench clean
BIN := .venv/bin
ARGS ?=

help:  ## what there is to make
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 14

run:  ## install what is missing, then open the window
	@tools/setup.sh run
	@$(BIN)/ownerscope $(ARGS)

test: check  ## everything make check does, then all tests, without a display
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 2 $(ARGS)

check:  ## style, formatting, types and the rule that core knows no Qt
	@tools/setup.sh test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:  ## measure against the targets; ARGS picks benches by a part of their name
	@tools/setup.sh test
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.bench $(ARGS)

clean:  ## remove .venv, caches and build results
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
