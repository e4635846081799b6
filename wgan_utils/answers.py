"""What the checks of exercises are made of: an answer as numbers, or a `Mistake` that names what is wrong."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops

from wgan_utils.errors import Explained


class Mistake(Explained, AssertionError):
    """An answer to an exercise is wrong; the message says what was done in place of what."""


def given(answer: Any) -> Any:
    """Return what a reader's function returned, unless it is nothing."""
    if answer is None:
        raise Mistake("Your function returns nothing: it has to end with `return`.")
    return answer


def scalar(answer: Any) -> float:
    """Return the one number that a reader's function returned."""
    number = ops.convert_to_numpy(given(answer))
    if number.shape != ():
        raise Mistake(
            f"Your function returns an array of the shape {number.shape}, not one number: take the mean over the batch."
        )
    return float(number)


def scalars(answer: Any, count: int) -> list[float]:
    """Return the numbers that a reader's function returned."""
    if not isinstance(given(answer), tuple | list) or len(answer) != count:
        raise Mistake(f"Your function has to return {count} numbers, with a comma between them.")
    return [scalar(one) for one in answer]


def check(found: Any, right: Any, mistakes: Mapping[str, Any], otherwise: str) -> None:
    """Compare an answer with the right one, and say what was done wrong.

    Args:
        found: the answer, a number or an array.
        right: what it should be.
        mistakes: what to say → the answer that this mistake leads to.
        otherwise: what to say of any other answer.

    Raises:
        Mistake: the answer is not right.
    """
    if _same(found, right):
        return
    for mistake, wrong in mistakes.items():
        if _same(found, wrong):
            raise Mistake(mistake)
    raise Mistake(otherwise)


def _same(one: Any, other: Any) -> bool:
    # Float32 and another order of its sums; no more, as a wrong epsilon is a mistake, too.
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-4, atol=1e-5))
