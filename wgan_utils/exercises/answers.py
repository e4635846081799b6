"""What checks are made of: a reader's answer as numbers, or a `Mistake` that names what is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from keras import ops

from wgan_utils.errors import Explained

Answer = Callable[..., Any]  # a function that the reader has written


class Mistake(Explained, AssertionError):
    """An answer to an exercise is wrong; the message says what was done in place of what."""


def require(right: Any, mistake: str) -> None:
    """Raise a Mistake with this message unless `right` is true."""
    if not right:
        raise Mistake(mistake)


def given(answer: Any) -> Any:
    """Return what a reader's function returned, unless it is nothing."""
    require(answer is not None, "Your function returns nothing: it has to end with `return`.")
    return answer


def scalar(answer: Any) -> float:
    """Return the one number that a reader's function returned."""
    number = ops.convert_to_numpy(given(answer))
    require(number.shape == (), f"Your function returns the shape {number.shape}, not one number: take the mean.")
    return float(number)


def loss(answer: Any) -> float:
    """Return the one number that a reader's function returned, a tensor, as a gradient is taken of it."""
    require(ops.is_tensor(given(answer)), "A loss in NumPy or a `float` teaches nothing: keep to `ops` or TensorFlow.")
    return scalar(answer)


def several(answer: Any, count: int, kind: Callable[[Any], float]) -> list[float]:
    """Return the numbers that a reader's function returned, each a `scalar` or a `loss`."""
    require(isinstance(given(answer), tuple | list) and len(answer) == count, f"Return {count} numbers, as in `a, b`.")
    return [kind(one) for one in answer]


def compare(found: Any, right: Any, mistakes: Mapping[str, Any], otherwise: str) -> None:
    """Raise a Mistake unless an answer is right: the one of `mistakes` that leads to this answer, or else another."""

    def same(other: Any) -> bool:
        # Float32 and another order of its sums; no more, as a wrong epsilon is a mistake, too.
        return np.shape(found) == np.shape(other) and np.allclose(found, other, rtol=1e-4, atol=1e-5)

    require(same(right), next((mistake for mistake, wrong in mistakes.items() if same(wrong)), otherwise))
