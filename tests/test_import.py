"""Importing the library: it says nothing, sets what TensorFlow reads, and says which backend is missing.

In which direction its files import one another, and which libraries wait until they are needed, import-linter and ruff
hold: pyproject.toml.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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


@pytest.mark.parametrize("name", ["tensorflow", "jax", "abacus"])
def test_a_backend_that_is_missing_or_unknown_is_named_by_one_error(name):
    done = run_python(f"import sys; sys.modules[{name!r}] = None; import wgan_utils", KERAS_BACKEND=name)
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert re.search("tensorflow|jax|torch|abacus", done.stderr.splitlines()[-1])[0] == name  # which others may follow
