"""Exercises: each lesson's solution is right, and each wrong answer gets a message of its own."""

from functools import cache

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import wgan_utils as wu
from scripts.student_edition import without_solution
from tests.refused import refused
from tests.test_step import WGANGP, cells_of
from tests.tiny import run_cell
from tests.wrong_answers import WRONG
from wgan_utils import labs
from wgan_utils.exercises import CHECKS, answers
from wgan_utils.metrics.distances import kernel_distance
from wgan_utils.published import notebooks

gradient_penalty = cells_of("WGANGP")["gradient_penalty"]
NAMES = {"np": np, "keras": keras, "layers": keras.layers, "ops": ops, "tf": tf, "wu": wu, "labs": labs}


@cache
def exercises_of(path):
    """Return the solution, the check and what is stored as its output by the exercise's number, of a notebook."""
    found, solution = {}, ""
    for cell in nbformat.read(path, as_version=4).cells:
        if "solution" in cell.metadata.get("tags", []):
            solution = cell.source
        if "check" in cell.metadata.get("tags", []):
            found[cell.source.split('"')[1]] = solution, cell.source, [output.text for output in cell.outputs]
    return found


@pytest.mark.parametrize("path", notebooks().values(), ids=lambda path: path.stem)
def test_a_notebook_s_solutions_are_right_and_print_what_is_stored(path, capsys):
    exercises, names = exercises_of(path), dict(NAMES)
    for solution, check, stored in exercises.values():
        run_cell(without_solution(solution), names)
        with pytest.raises(NotImplementedError):
            run_cell(check, names)
        run_cell(f"{solution}\n{check}", names)
        assert [capsys.readouterr().out] == stored
    lab = path.parent.name == "labs"
    assert lab or len(exercises) >= 2
    assert [*exercises] == [number for number in CHECKS if number[:-2] == (path.stem if lab else path.stem[:2])]


def run_changed(number, *words):
    """Check an exercise's solution with some of its words replaced, each by the one that follows it."""
    exercises = exercises_of(next(path for path in notebooks().values() if path.stem.startswith(number[:-2])))
    changed, check, _ = exercises[number]
    for old, new in zip(words[::2], words[1::2], strict=True):
        assert old in changed
        changed = changed.replace(old, new)
    others = [solution for other, (solution, *_) in exercises.items() if other != number]  # 04.4 uses that of 04.3
    run_cell("\n".join([*others, changed, check]), dict(NAMES))


# Of the exercises that ask for a whole step, 01.3's wrong answers are tried at each push.
LATER = {"02.3", "04.4", "06.3"}


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=[pytest.mark.slow] * (number in LATER)) for number in CHECKS]
)
def test_wrong_answers_are_told_apart(number):
    assert WRONG.keys() == CHECKS.keys()
    named = {}
    for mistake, wrong in WRONG[number].items():
        for words in wrong if isinstance(wrong, list) else [wrong]:
            with pytest.raises(answers.Mistake) as raised:
                run_changed(number, *words)
            assert named.setdefault(str(raised.value), mistake) == mistake


def swapped_ends(critic, real, fake, seed=None):
    epsilon = tf.random.uniform([tf.shape(real)[0], 1, 1, 1])
    points = tf.Variable(fake + epsilon * (real - fake))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(critic(points, training=True))
    gradients = tf.reshape(tape.gradient(total, points), (len(real), -1))
    return tf.reduce_mean((tf.sqrt(tf.maximum(tf.reduce_sum(gradients**2, axis=1), 1e-12)) - 1) ** 2)


RIGHT = [  # functions and classes, or words to replace in the solution
    *(("01.3", ()), ("02.3", ())),
    ("03.2", lambda real, fake: kernel_distance(real, fake)[0]),
    ("04.4", WGANGP),
    *(("04.3", kind) for kind in (wu.losses.gradient_penalty, tf.function(gradient_penalty), swapped_ends)),
    ("06.2", ("return (", "return list((", " / np.sin(omega)", " / np.sin(omega))")),
    ("distances.1", ("np.exp(-cost / temperature)", "np.exp(-cost / temperature).astype('float32')")),
]


@pytest.mark.parametrize(("number", "answer"), RIGHT)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_right_answer_may_be_written_in_other_ways_at_any_precision(precision, number, answer):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        wu.exercises.check(number, answer) if callable(answer) else run_changed(number, *answer)
    finally:
        keras.config.set_dtype_policy(before)


def test_an_error_in_an_answer_shows_its_own_lines_alone():
    def broken(norms):
        return unknown(norms)  # noqa: F821

    with pytest.raises(NameError) as raised:
        wu.exercises.check("critics.1", broken)
    shown = "\n".join(raised.value._render_traceback_())
    assert "return unknown(norms)" in shown
    assert "wgan_utils" not in shown.replace(__file__, "")


def test_what_is_no_answer_is_refused():
    with refused(naming=", ".join(CHECKS)):
        wu.exercises.check("04.9", gradient_penalty)
    for answer in ((), 2 * (gradient_penalty,), (1.0,)):
        with refused(naming="gradient_penalty"):
            wu.exercises.check("04.3", *answer)
