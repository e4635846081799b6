"""What tests say of a refusal: its type, the name in it, and that it is the library's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def refused(kind: type[Exception] = ValueError, naming: str = "") -> Iterator[None]:
    """The block must be refused by a `raise` of the library, not by an error of NumPy's or Keras's on the way."""
    with pytest.raises(kind) as raised:
        yield
    assert naming in str(raised.value)
    assert "wgan_utils" in Path(raised.traceback[-1].path).parts, raised.traceback[-1]
