# Two commands do everything on a fresh machine with Python 3.11+, Git and make: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
SET_UP := .venv/.set-up

.PHONY: demo test check docs grpc dist oldest clean

$(SET_UP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "llmreg needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	$(BIN)/python -m compileall -q src
	touch $@

demo: $(SET_UP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

# everything: lint, types, import contracts, tests with the laws
test: $(SET_UP)
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

# the quick half, for every save
check: $(SET_UP)
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m 'not property' --ignore=tests/hooks --ignore=tests/hostile -x

# the reference pages that are generated from the code
docs: $(SET_UP)
	$(BIN)/python -m tests.generate_docs

# the Python code of the gRPC service, from its proto file
grpc: $(SET_UP)
	$(BIN)/python -m tests.generate_grpc

# the wheel and the source archive, each installed into a clean environment and used
dist: $(SET_UP)
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	sh tests/try_dist.sh dist/*.whl
	sh tests/try_dist.sh dist/*.tar.gz

# the tests with every dependency at the lowest version that pyproject.toml allows (schemathesis wants newer ones)
oldest: $(SET_UP)
	$(BIN)/python -m tests.oldest_versions >.venv/oldest.txt
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check -c .venv/oldest.txt \
	  -e '.[server,client,grpc,postgres,decoders,otel]' pytest hypothesis pydantic pre-commit
	.venv-oldest/bin/python -m pytest --ignore=tests/unit/server/test_openapi.py --ignore=tests/unit/server/test_openapi_fuzz.py

clean:
	rm -rf .venv .venv-oldest build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
