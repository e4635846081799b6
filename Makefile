# Everything runs in environments of its own, .venv and .venv-backends; nothing has to be activated.
PYTHON ?= python3
VENV := .venv
BACKENDS_VENV := .venv-backends
BIN := $(VENV)/bin
# The tests that have to pass on every backend.
BACKEND_TESTS := tests/backends tests/gan tests/training

.DEFAULT_GOAL := help
.PHONY: help run test unit lint test-backends lab notebooks pins clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 16

run: $(VENV)/installed  ## train lesson 02 (a few minutes), and say what to open
	$(BIN)/python scripts/run_lesson.py 02_wgan_clipping_sevens -p PRESET cpu

test: $(VENV)/installed lint  ## lint, type check, unit tests, and every notebook re-executed at reduced size
	$(BIN)/python -m pytest tests/test_notebooks.py tests --ignore=tests/backends -n 2 --dist worksteal

unit: $(VENV)/installed  ## the unit tests alone
	$(BIN)/python -m pytest tests --ignore=tests/backends --ignore=tests/test_notebooks.py

lint: $(VENV)/installed  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-backends: $(VENV)/installed $(BACKENDS_VENV)/installed  ## the training tests on JAX and PyTorch, compared with TensorFlow
	$(BIN)/python -m tests.backends.reference build/reference.npz
	for backend in jax torch; do \
		echo "== $$backend"; \
		KERAS_BACKEND=$$backend WGAN_REFERENCE=build/reference.npz \
			$(BACKENDS_VENV)/bin/python -m pytest $(BACKEND_TESTS) || exit 1; \
	done

lab: $(VENV)/installed  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

notebooks: $(VENV)/installed  ## run every lesson with its defaults and store its outputs in notebooks/ (long)
	$(BIN)/python scripts/store_outputs.py

pins: $(VENV)/installed  ## resolve requirements*.txt anew from pyproject.toml (needs uv on the PATH)
	uv pip compile -q --universal --python-version 3.10 --no-annotate --custom-compile-command "make pins" \
		--extra tensorflow --extra notebooks --extra dev -o requirements.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.10 --no-annotate --custom-compile-command "make pins" \
		--extra backends -o requirements-backends.txt pyproject.toml

clean:  ## delete both environments and what the tests leave
	rm -rf $(VENV) $(BACKENDS_VENV) build .pytest_cache .ruff_cache .mypy_cache

# Each environment's last step writes the file that says it is complete, so a failed install is tried again.
$(VENV)/installed: requirements.txt pyproject.toml
	$(check-python)
	rm -f $@
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	touch $@

$(BACKENDS_VENV)/installed: requirements-backends.txt
	$(check-python)
	rm -f $@
	$(PYTHON) -m venv $(BACKENDS_VENV)
	$(BACKENDS_VENV)/bin/python -m pip install --disable-pip-version-check -q -r requirements-backends.txt
	touch $@

define check-python
@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(not (3, 10) <= v <= (3, 13) and \
	'Python 3.10 to 3.13 is needed (TensorFlow has no wheels for others); $(PYTHON) is %d.%d. Try: make PYTHON=python3.12' % v)"
endef
