"""Importing Keras the way the notebooks need it: without TensorFlow's chatter, and with its fast convolutions."""

import os
import sys
import tempfile
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


@contextmanager
def configured() -> Iterator[None]:
    """Set TensorFlow's environment; meanwhile hold back file descriptor 2, drop the chatter and pass on the rest."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            os.write(2, b"".join(line for line in held if not line.startswith(CHATTER)))
