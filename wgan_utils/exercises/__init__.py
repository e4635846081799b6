"""Exercises: `wu.exercises.check("04.3", gradient_penalty)` checks an answer, and names the mistake."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable

from wgan_utils.errors import Refused

# Of "04.3" it is `exercise_3` in lesson_04.py, of "critics.1" `exercise_1` in lab_critics.py. The reader writes their
# arguments.
CHECKS: dict[str, Callable[..., str]] = {
    f"{module.partition('_')[2]}.{name.removeprefix('exercise_')}": check
    for _, module, _ in pkgutil.iter_modules(__path__)
    if module.startswith(("lesson_", "lab_"))
    for name, check in vars(importlib.import_module(f"{__name__}.{module}")).items()
    if name.startswith("exercise_")
}


def check(number: str, *answer: Callable) -> None:
    """Check the answer to an exercise, and print what is right about it.

    Args:
        number: the lesson or lab and the exercise, as in "04.3" or "critics.1".
        answer: the functions, or the class, that the exercise asks for, in its order.

    Raises:
        Mistake: an AssertionError whose message names what is wrong with the answer.
        NotImplementedError: a function is still to be written.
        Refused: there is no such exercise, or it asks for something else.
    """
    if number not in CHECKS:
        raise Refused(f"There is no exercise {number!r} with a check; there are {', '.join(CHECKS)}.")
    asked = list(inspect.signature(CHECKS[number]).parameters)
    if len(answer) != len(asked) or not all(map(callable, answer)):
        raise Refused(f"Exercise {number} asks for {', '.join(asked)}: by name, and not what they return.")
    print(CHECKS[number](*answer))
