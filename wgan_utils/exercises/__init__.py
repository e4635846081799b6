"""Exercises: `wu.exercises.check("04.3", gradient_penalty)` checks an answer, and names the mistake."""

import importlib
import inspect
import pkgutil
import traceback
from collections.abc import Callable

from wgan_utils.errors import Explained, Refused
from wgan_utils.exercises import labs
from wgan_utils.exercises.answers import Mistake

# Of "04.3" it is `exercise_3` in lesson_04.py, of "critics.1" `critics_1` in labs.py.
# The reader writes their arguments.
CHECKS: dict[str, Callable[..., str]] = {
    f"{module.removeprefix('lesson_')}.{name.removeprefix('exercise_')}": check
    for _, module, _ in pkgutil.iter_modules(__path__)
    if module.startswith("lesson_")
    for name, check in vars(importlib.import_module(f"{__name__}.{module}")).items()
    if name.startswith("exercise_")
}
CHECKS |= {name.replace("_", "."): check for name, check in vars(labs).items() if name[-1].isdigit()}
# What TensorFlow says without the reason.
KNOWN = {
    "SeedGenerator": "`tf.random` does not take a Keras seed: draw with `keras.random.uniform(shape, seed=…)`.",
    "out of bounds": "There is no such batch: a step has `self.critic_steps` updates of the critic, not always five.",
    "'NoneType' and 'int'": "The tape has no gradient: `tape.watch` the points, and score them inside `with`.",
    "value (None)": "The tape has no gradient: `tape.watch` the points, and score them inside `with`.",
}


class NotWritten(Explained, NotImplementedError):
    """A function of an exercise is still to be written."""


def check(number: str, *answer: Callable) -> None:
    """Check the answer to an exercise, and print what is right about it.

    Args:
        number: the lesson or lab and the exercise, as in "04.3" or "critics.1".
        answer: the functions, or the class, that the exercise asks for, in its order.

    Raises:
        Mistake: an AssertionError whose message names what is wrong with the answer.
        NotImplementedError: a function is still to be written.
        Refused: there is no such exercise, or it asks for something else.
        Exception: what the answer raises; a notebook shows the answer's own lines of the traceback.
    """
    if number not in CHECKS:
        raise Refused(f"There is no exercise {number!r} with a check; there are {', '.join(CHECKS)}.")
    asked = list(inspect.signature(CHECKS[number]).parameters)
    if len(answer) != len(asked) or not all(map(callable, answer)):
        raise Refused(f"Exercise {number} asks for {', '.join(asked)}: by name, and not what they return.")
    try:
        print(CHECKS[number](*answer))
    except NotImplementedError as error:
        raise NotWritten(f"Not written yet: {error}") from None
    except Exception as error:
        if isinstance(error, Explained):
            raise
        reason = next((reason for words, reason in KNOWN.items() if words in str(error)), None)
        if reason:
            raise Mistake(reason) from error
        written = {getattr(one, "__module__", None) for one in answer}
        frames = traceback.walk_tb(error.__traceback__)
        own = [(frame, line) for frame, line in frames if frame.f_globals.get("__name__") in written]
        lines = [*traceback.StackSummary.extract(own).format(), *traceback.format_exception_only(error)]
        error._render_traceback_ = lambda: "".join(lines).splitlines()  # type: ignore[attr-defined]
        raise
