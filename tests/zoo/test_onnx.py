"""The recipe on the explorer's page: a shipped generator as ONNX answers as in Keras."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from wgan_utils.zoo.generators import pretrained

PAGE = Path(__file__).parents[2] / "site" / "explorer" / "page.md"
MISSING = [name for name in ("tf2onnx", "onnxruntime") if importlib.util.find_spec(name) is None]

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"without {' and '.join(MISSING)} the ONNX recipe was NOT run here"),
    pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the ONNX recipe is for Keras on TensorFlow"),
]


@pytest.mark.parametrize("name", sorted(pretrained()))
def test_the_recipe_works_for_every_shipped_generator(name, tmp_path):
    (recipe,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert "assert np.abs(images - expected).max() < 1e-4" in recipe
    code = recipe.replace('"digits', f'"{name}')
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{name}.onnx").stat().st_size > 100_000
