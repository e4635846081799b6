"""Node.js, which runs the playground's engine outside a browser."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(
    NODE is None,
    reason="NOT TESTED: the site's JavaScript. There is no node on the PATH; install Node.js 20 or newer.",
)


def run_node(*arguments: str, text: str = "", seconds: float = 300) -> str:
    """What node prints to stdout; an AssertionError with all it printed where it fails."""
    assert NODE is not None
    done = subprocess.run([NODE, *arguments], input=text, capture_output=True, text=True, timeout=seconds, cwd=HERE)
    assert done.returncode == 0, f"node {' '.join(arguments)}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def answer(ask: str, **question: Any) -> Any:
    """Put a question to answer.mjs."""
    return json.loads(run_node("answer.mjs", text=json.dumps({"ask": ask, **question})))
