"""Running a program that uses one module of the library, without the seconds that the whole of it takes to import."""

import subprocess
import sys
from pathlib import Path

import wgan_utils

_PACKAGE = str(Path(wgan_utils.__file__).parent)
_START = f"import sys, types\npackage = types.ModuleType('wgan_utils')\npackage.__path__ = [{_PACKAGE!r}]\n"


def start_python(code: str) -> subprocess.Popen:
    """Start `code` in another process, where importing `wgan_utils.data.x` does not import Keras."""
    program = _START + "sys.modules['wgan_utils'] = package\n" + code
    return subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
