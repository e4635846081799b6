"""Importing the library: it says nothing, sets what TensorFlow reads, and says which backend is missing.

In which direction its files import one another, and which libraries wait until they are needed, import-linter and ruff
hold: pyproject.toml.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import wgan_utils

ROOT = Path(wgan_utils.__file__).parents[1]
MISSING = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == {name!r}:
            raise ModuleNotFoundError(f"No module named {name}", name={name!r})
sys.meta_path.insert(0, Missing())
import wgan_utils
"""


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Run a program the way a user's fresh kernel would: without what this process's imports have set."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "KERAS_"))}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, timeout=120)


def test_importing_says_nothing_and_neither_does_a_network():
    done = run_python(
        "import os, wgan_utils as wu; wu.networks.sevens_critic(0.1); print(os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


@pytest.mark.parametrize(
    ("name", "code"),
    [*((name, MISSING.format(name=name)) for name in ("tensorflow", "jax")), ("abacus", "import wgan_utils")],
)
def test_a_backend_that_is_missing_or_unknown_is_named_by_one_error(name, code):
    done = run_python(code, KERAS_BACKEND=name)
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert name in done.stderr.splitlines()[-1]


def test_every_exported_name_is_documented():
    assert all(getattr(wgan_utils, name).__doc__ for name in wgan_utils.__all__)
