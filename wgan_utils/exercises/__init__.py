"""The lessons' exercises: `wu.exercises.check("04.3", gradient_penalty)` checks an answer, and names the mistake."""

import inspect
from collections.abc import Callable

from wgan_utils.errors import Refused
from wgan_utils.exercises import lesson_00, lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06

# Of "04.3" it is `exercise_3` in lesson_04.py, whose arguments are what the reader writes.
CHECKS: dict[str, Callable[..., str]] = {
    f"{lesson.__name__[-2:]}.{name.removeprefix('exercise_')}": check
    for lesson in (lesson_00, lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06)
    for name, check in vars(lesson).items()
    if name.startswith("exercise_")
}


def check(number: str, *answer: Callable) -> None:
    """Check the answer to an exercise, and print what is right about it.

    Args:
        number: the lesson and the exercise, as in "04.3".
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
