# Everything runs in environments of its own, .venv, .venv-backends, .venv-colab and .venv-site; nothing has to be activated.
PYTHON ?= python3
VENV := .venv
BACKENDS_VENV := .venv-backends
COLAB_VENV := .venv-colab
SITE_VENV := .venv-site
BIN := $(VENV)/bin
# JAX, because the site's environment has no TensorFlow; what the pages import needs a backend.
SITE_PYTHON := KERAS_BACKEND=jax PYTHONPATH=. $(SITE_VENV)/bin/python
# Whoever is free takes the next test: shared out beforehand, all the lessons lie with one of the two.
PARALLEL := -n 2 --dist load --maxschedchunk=1
PYTEST := $(BIN)/python -m pytest -q $(PARALLEL)
# tests/browser needs a browser, and tests/backends a reference: they have commands of their own.
TESTS := tests/test_notebooks.py tests --ignore=tests/backends --ignore=tests/browser
# What compares what networks compute: on another processor, version or backend sums run in another order.
NETWORK_TESTS := tests/test_models.py tests/labs tests/gan tests/training tests/zoo tests/metrics
BACKEND_TESTS := tests/test_models.py tests/audit tests/test_example_torch.py tests/test_records_pytorch.py tests/labs tests/backends tests/gan tests/training
REFERENCE := build/reference.npz

.DEFAULT_GOAL := help
.PHONY: help run test test-all test-slow test-site test-jax test-backends test-colab test-processors \
	lint student lab notebooks site site-serve figures address pins clean FORCE

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 16

run: $(VENV)/installed  ## train lesson 02 (a few minutes), with a picture that changes, and say what to open
	$(BIN)/python scripts/run_lesson.py 02_wgan_clipping_sevens -p PRESET cpu -p RUN_NAME first

test: $(VENV)/dev lint  ## lint, types, unit tests, every lesson once at reduced size
	$(PYTEST) -m "not slow" $(TESTS)

test-all: ALL = 1
test-all: test test-slow test-site test-jax test-backends test-colab test-processors  ## all there is: faults, backends, Colab's versions, the browser (an hour and more)

lint: $(VENV)/dev  ## ruff, mypy and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-slow: $(VENV)/dev
	$(PYTEST) -m slow $(TESTS)

# JAX computes what TensorFlow computes. The site's environment has it, without CUDA.
test-jax: $(REFERENCE) $(SITE_VENV)/installed
	KERAS_BACKEND=jax WGAN_REFERENCE=$(REFERENCE) $(SITE_VENV)/bin/python -m pytest -q tests/backends

$(REFERENCE): $(VENV)/dev FORCE
	$(BIN)/python -m tests.backends.reference $@

FORCE:

test-backends: $(REFERENCE) $(BACKENDS_VENV)/installed
	KERAS_BACKEND=jax WGAN_REFERENCE=$(REFERENCE) $(BACKENDS_VENV)/bin/python -m pytest -q $(PARALLEL) $(BACKEND_TESTS)
	KERAS_BACKEND=torch OMP_NUM_THREADS=1 WGAN_REFERENCE=$(REFERENCE) \
		$(BACKENDS_VENV)/bin/python -m pytest -q $(PARALLEL) $(BACKEND_TESTS)

# The versions that Colab has, and the instructions of its machines.
test-colab: $(COLAB_VENV)/installed
	ONEDNN_MAX_CPU_ISA=AVX2 $(COLAB_VENV)/bin/python -m pytest -q $(PARALLEL) $(NETWORK_TESTS)
	ONEDNN_MAX_CPU_ISA=AVX2 $(COLAB_VENV)/bin/python -m pytest -q tests/test_notebooks.py -m notebooks -k "reproduces and 02_"

# A processor without AVX-512.
test-processors: $(VENV)/dev
	ONEDNN_MAX_CPU_ISA=AVX2 $(PYTEST) $(NETWORK_TESTS)

# Every page of the site in a real browser (needs chromium). With ALL=1 the pages wide and narrow, light and dark, the
# explorer and the playground.
test-site: $(SITE_VENV)/installed site
	$(SITE_PYTHON) -m pytest -q tests/browser $(if $(ALL),,-m "not slow")

lab: $(VENV)/installed  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/01_gan_camels.ipynb

notebooks: $(VENV)/dev  ## run every lesson with its defaults and store its outputs (hours)
	$(BIN)/python scripts/store_outputs.py

student: $(VENV)/installed  ## the lessons without their solutions, in build/student
	$(BIN)/python scripts/student_edition.py

site: $(SITE_VENV)/installed  ## make the web pages in build/site/html, from what is stored; no network needed
	$(SITE_PYTHON) -m scripts.web.build

site-serve:
	$(PYTHON) -m http.server 8000 --bind 127.0.0.1 --directory build/site/html

figures: $(VENV)/installed
	$(BIN)/python -m scripts.web.figures
	$(BIN)/python -m scripts.web.asked
	$(BIN)/python -m scripts.web.augmented
	$(BIN)/python -m scripts.web.anomaly

# make URL=https://github.com/OWNER/REPO [TAG=v0.1.0] address: make exports both, so that no shell reads them.
address:
	@$(PYTHON) -m scripts.web.address

pins: $(VENV)/dev
	uv pip compile -q --universal --python-version 3.10 --no-annotate --custom-compile-command "make pins" \
		--extra tensorflow --extra notebooks -o requirements.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.10 --no-annotate --custom-compile-command "make pins" \
		--constraints requirements.txt --extra tensorflow --extra notebooks --extra dev -o requirements-dev.txt pyproject.toml
	(head -2 requirements.txt; echo "-r requirements.txt"; grep -vxFf requirements.txt requirements-dev.txt) > build/dev.txt
	mv build/dev.txt requirements-dev.txt
	uv pip compile -q --universal --python-version 3.10 --no-annotate --custom-compile-command "make pins" \
		--extra backends -o requirements-backends.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --no-annotate --custom-compile-command "make pins" \
		--extra site -o requirements-site.txt pyproject.toml
	printf 'tensorflow==2.20.*\nkeras==3.13.*\nnumpy==2.1.*\n' | uv pip compile -q --universal --python-version 3.11 \
		--no-annotate --custom-compile-command "make pins" --constraints - \
		--extra tensorflow --extra notebooks --extra dev -o requirements-colab.txt pyproject.toml

clean:  ## delete the environments and what the tests leave
	rm -rf $(VENV) $(BACKENDS_VENV) $(COLAB_VENV) $(SITE_VENV) build .pytest_cache .ruff_cache .mypy_cache

# Each environment's last step writes the file that says it is complete, so a failed install is tried again.
$(VENV)/installed: requirements.txt pyproject.toml
	$(check-python)
	rm -f $@
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	touch $@

# What only developers need, in the same environment.
$(VENV)/dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	touch $@

$(BACKENDS_VENV)/installed: requirements-backends.txt
	$(check-python)
	rm -f $@
	$(PYTHON) -m venv $(BACKENDS_VENV)
	$(BACKENDS_VENV)/bin/python -m pip install --disable-pip-version-check -q -r requirements-backends.txt
	touch $@

$(COLAB_VENV)/installed: requirements-colab.txt pyproject.toml
	$(check-python)
	rm -f $@
	$(PYTHON) -m venv $(COLAB_VENV)
	$(COLAB_VENV)/bin/python -m pip install --disable-pip-version-check -q -r requirements-colab.txt
	$(COLAB_VENV)/bin/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	touch $@

$(SITE_VENV)/installed: requirements-site.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and \
		'The site needs Python 3.11 or later; $(PYTHON) is %d.%d. Try: make PYTHON=python3.12 site' % sys.version_info[:2])"
	rm -f $@
	$(PYTHON) -m venv $(SITE_VENV)
	$(SITE_VENV)/bin/python -m pip install --disable-pip-version-check -q -r requirements-site.txt
	touch $@

define check-python
@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(not (3, 10) <= v <= (3, 13) and \
	'Python 3.10 to 3.13 is needed (TensorFlow has no wheels for others); $(PYTHON) is %d.%d. Try: make PYTHON=python3.12' % v)"
endef
