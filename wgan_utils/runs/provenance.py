"""What a result was made with: versions, hardware, the commit."""

import platform
import subprocess
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
from joblib import cpu_count

from wgan_utils.files import checkout
from wgan_utils.gan.backend import BACKEND, gpu_name

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "wgan-utils")


def environment() -> dict[str, Any]:
    """Describe the machine and the software, as JSON-serialisable values."""
    return {
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "backend": BACKEND,
        "versions": {"python": platform.python_version(), **_versions()},
        "hardware": hardware(),
        "git_commit": git_commit(),
    }


def machine() -> str:
    """Say in one line what computes here."""
    versions = _versions()
    backend = "" if BACKEND not in versions else f" on {BACKEND} {versions[BACKEND]}"
    return f"Keras {versions['keras']}{backend}; {hardware()}."


def hardware() -> str:
    """Name the processor that trains, in a few words."""
    return gpu_name() or processor()


def processor() -> str:
    """Name the processor and its cores, whether or not a GPU would train."""
    cores = cpu_count()
    return f"CPU, {cores} core{'s' * (cores > 1)}, {_cpu_name()}"


def git_commit() -> str | None:
    """Return the checkout's commit, with '-dirty' where files have changed since; None outside a checkout.

    Only the project's own checkout counts, not another repository that a virtual environment happens to lie in.
    """
    project = checkout()
    if project is None or not (project / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"keras": keras.version()}


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
