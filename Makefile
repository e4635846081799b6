# Everything runs in environments of its own, .venv, .venv-backends, .venv-colab and .venv-site; nothing has to be activated.
PYTHON ?= python3
VENV := .venv
BACKENDS_VENV := .venv-backends
COLAB_VENV := .venv-colab
SITE_VENV := .venv-site
BIN := $(VENV)/bin
# JAX, because the site's environment has no TensorFlow; what the pages import needs a backend.
SITE_PYTHON := KERAS_BACKEND=jax PYTHONPATH=. $(SITE_VENV)/bin/python
# Tests with a command of their own.
ELSEWHERE := --ignore=tests/backends --ignore=tests/browser --ignore=tests/faults
# The tests that have to pass on every backend. A sweep starts papermill, which is not in that environment.
BACKEND_TESTS := tests/backends tests/gan tests/training --ignore=tests/training/test_sweep.py
ON_BACKEND := WGAN_REFERENCE=build/reference.npz $(BACKENDS_VENV)/bin/python -m pytest $(BACKEND_TESTS)
# Those that compare what networks compute: on a processor with other instructions sums run in another order.
NETWORK_TESTS := tests/gan tests/training tests/zoo tests/metrics/test_features.py
# Those that touch data, and for each data set a lesson, which then uses a stand-in.
DATA_TESTS := tests/data tests/metrics tests/zoo
STANDIN_LESSONS := tests/test_notebooks.py -k "reproduces and (01_ or 02_ or 03_ or 06_)"
# Those that must pass with the versions that Colab has, and a lesson.
COLAB_TESTS := tests/gan tests/training tests/metrics tests/zoo
COLAB_LESSON := tests/test_notebooks.py -k "reproduces and 02_wgan_clipping_sevens"
# Whoever is free takes the next test: shared out beforehand, all the lessons lie with one of the two.
PARALLEL := -n 2 --dist load --maxschedchunk=1

.DEFAULT_GOAL := help
.PHONY: help run test unit lint student test-faults test-processors test-without-data test-colab test-backends test-browser test-jupyterlab lab notebooks \
	site site-serve figures address pins clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 16

run: $(VENV)/installed  ## train lesson 02 (a few minutes), with a picture that changes, and say what to open
	$(BIN)/python scripts/run_lesson.py 02_wgan_clipping_sevens -p PRESET cpu -p PUBLISHED_STEPS 10 -p PUBLISHED_SEEDS 1

test: $(VENV)/dev lint  ## lint, type check, unit tests, and every notebook re-executed at reduced size
	$(BIN)/python -m pytest tests/test_notebooks.py tests $(ELSEWHERE) $(PARALLEL)

unit: $(VENV)/dev  ## the unit tests alone
	$(BIN)/python -m pytest tests $(ELSEWHERE) --ignore=tests/test_notebooks.py

lint: $(VENV)/dev  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-faults: $(VENV)/dev  ## faults made to happen over and over: kill -9, a full disk, damaged files, 20,000 steps (minutes)
	$(BIN)/python -m pytest -q tests/faults  # one at a time: sweeps hold every core while they run

test-processors: $(VENV)/dev  ## the tests of networks once more, with the instructions of a processor without AVX-512
	ONEDNN_MAX_CPU_ISA=AVX2 $(BIN)/python -m pytest -q $(NETWORK_TESTS) $(PARALLEL)

test-without-data: $(VENV)/dev  ## the tests that touch data, and a lesson for each data set, with no data folder at all
	env -u WGAN_DATA_DIR WGAN_OFFLINE=1 $(BIN)/python -m pytest -q $(DATA_TESTS) $(PARALLEL)
	env -u WGAN_DATA_DIR WGAN_OFFLINE=1 $(BIN)/python -m pytest -q $(STANDIN_LESSONS) $(PARALLEL)

test-colab: $(COLAB_VENV)/installed  ## unit tests and a lesson with the versions, and the instructions, of Colab's machines
	ONEDNN_MAX_CPU_ISA=AVX2 $(COLAB_VENV)/bin/python -m pytest -q $(COLAB_TESTS) $(PARALLEL)
	ONEDNN_MAX_CPU_ISA=AVX2 $(COLAB_VENV)/bin/python -m pytest -q $(COLAB_LESSON)

test-backends: $(VENV)/dev $(BACKENDS_VENV)/installed  ## the training tests on JAX and PyTorch, compared with TensorFlow
	$(BIN)/python -m tests.backends.reference build/reference.npz
	KERAS_BACKEND=jax $(ON_BACKEND) $(PARALLEL)
	KERAS_BACKEND=torch OMP_NUM_THREADS=1 $(ON_BACKEND) $(PARALLEL)

test-browser: $(SITE_VENV)/installed site  ## every page of the site in a real browser (needs chromium)
	$(SITE_PYTHON) -m pytest tests/browser/test_pages.py $(PARALLEL)
	$(SITE_PYTHON) -m pytest tests/browser/test_explorer.py tests/browser/test_playground.py  # they look at the clock

test-jupyterlab: $(VENV)/installed $(SITE_VENV)/installed  ## every lesson in JupyterLab: Run All, interrupt, resume (needs chromium)
	$(SITE_PYTHON) -m pytest tests/browser/test_jupyterlab.py

lab: $(VENV)/installed  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/01_gan_camels.ipynb

notebooks: $(VENV)/dev  ## run every lesson with its defaults and store its outputs in notebooks/ (long)
	$(BIN)/python scripts/store_outputs.py

student: $(VENV)/installed  ## the lessons without their solutions, in build/student
	$(BIN)/python scripts/student_edition.py

site: $(SITE_VENV)/installed  ## make the web pages in build/site/html, from what is stored; no network needed
	$(SITE_PYTHON) -m scripts.web.build

site-serve:  ## show them at http://127.0.0.1:8000
	$(PYTHON) -m http.server 8000 --bind 127.0.0.1 --directory build/site/html

figures: $(VENV)/installed  ## run the toys behind the site's own figures, and store these in site/figures/ (minutes)
	$(BIN)/python -m scripts.web.figures

# make exports URL and TAG to the program, so that no shell reads them.
address:  ## make address URL=https://github.com/OWNER/REPO [TAG=v0.1.0]: say where the repository is
	@$(PYTHON) -m scripts.web.address

pins: $(VENV)/dev  ## resolve requirements*.txt anew from pyproject.toml (needs uv on the PATH)
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
