# The two commands of the README: `make quickstart` and `make test`. Both make the environment first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: quickstart install test torture check format benchmark clean

quickstart: install
	$(BIN)/bn-study run experiments/quickstart.yaml

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is `$(PYTHON) --version`. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[tensorflow,jax,ray]' --group dev
	@touch $@

# One process a core: tests compute on one thread each. A file stays in one process, with its fixtures.
test: install
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# Kills, full disks, two sweeps at once, fuzzing, 10,000 records: the long forms of what `make test` does briefly.
torture: install
	$(BIN)/python -m pytest tests/faults tests/execution/test_chain.py tests/config/test_problems.py \
	  tests/datasets/test_hostile_*.py tests/store tests/presentation/report/test_large.py tests/training/probes \
	  -m "long or not long" -s --timeout 1800

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: install
	$(BIN)/python benchmarks/dense_sweep.py

clean:
	rm -rf .venv
