"""Importing Keras the way the notebooks need it: without TensorFlow's chatter, and with its fast convolutions."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# TensorFlow reads these once, when it is imported; what the user has set stays.
SETTINGS = {
    # Notices and warnings of compiled code; whatever matters arrives as a Python error.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Off by default on processors without AVX-512, where a step of lesson 02 then takes three times as long.
    "TF_ENABLE_ONEDNN_OPTS": "1",
}
# Said before TensorFlow has read its log level.
CHATTER = (b"WARNING: All log messages before absl::InitializeLog() is called", b"I0000 ")


# Passes lines on as they come, in a process of its own: what is said just before a crash gets through as well.
FILTER = f"""
import os
line = b""
for some in iter(lambda: os.read(0, 65536), b""):
    *whole, line = (line + some).split(b"\\n")
    os.write(2, b"".join(one + b"\\n" for one in whole if not one.startswith({CHATTER!r})))
os.write(2, line)
"""


@contextmanager
def configured() -> Iterator[None]:
    """Set TensorFlow's environment; meanwhile let file descriptor 2 pass through a filter that drops the chatter."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    sys.stderr.flush()
    kept = os.dup(2)
    to_filter, said = os.pipe()
    listener = subprocess.Popen([sys.executable, "-S", "-E", "-c", FILTER], stdin=to_filter)
    os.close(to_filter)
    os.dup2(said, 2)
    os.close(said)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        with contextlib.suppress(subprocess.TimeoutExpired):  # a program that was started meanwhile may hold the pipe
            listener.wait(timeout=2)
