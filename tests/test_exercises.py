"""Exercises: each lesson's solution is right, and each wrong answer gets a message of its own."""

import importlib
import linecache
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import wgan_utils as wu
from scripts.student_edition import without_solution
from tests.refused import refused
from tests.test_step import WGANGP, gradient_penalty
from tests.wrong_answers.labs import plan
from tests.wrong_answers.lesson_01 import GANStep
from tests.wrong_answers.lesson_04 import Penalised
from tests.wrong_answers.lesson_06 import walk
from tests.wrong_answers.steps import Step
from wgan_utils import labs
from wgan_utils.exercises import CHECKS, answers
from wgan_utils.metrics.distances import kernel_distance
from wgan_utils.published import notebooks

WRONG = {}
for module in sorted(Path(__file__).parent.glob("wrong_answers/l*.py")):  # labs.py, lesson_01.py, …
    WRONG |= importlib.import_module(f"tests.wrong_answers.{module.stem}").WRONG


def run(source, names):
    """Run a cell, and let AutoGraph find its source, as in a notebook."""
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    exec(compile(source, file, "exec"), names)


@pytest.mark.parametrize("path", notebooks().values(), ids=lambda path: path.stem)
def test_a_notebook_s_solutions_are_right_and_print_what_is_stored(path, capsys):
    names = {"np": np, "keras": keras, "layers": keras.layers, "ops": ops, "tf": tf, "wu": wu, "labs": labs}
    numbers, solution = [], ""
    for cell in nbformat.read(path, as_version=4).cells:
        if "solution" in cell.metadata.get("tags", []):
            solution = cell.source
        if "check" in cell.metadata.get("tags", []):
            run(without_solution(solution), names)
            with pytest.raises(NotImplementedError):
                run(cell.source, names)
            run(f"{solution}\n{cell.source}", names)
            assert [capsys.readouterr().out] == [output.text for output in cell.outputs]
            numbers.append(cell.source.split('"')[1])
    lab = path.parent.name == "labs"
    assert lab or len(numbers) >= 2
    assert numbers == [number for number in CHECKS if number[:-2] == (path.stem if lab else path.stem[:2])]


@pytest.mark.parametrize("number", CHECKS)
def test_wrong_answers_are_told_apart(number):
    assert WRONG.keys() == CHECKS.keys()
    named = {}
    for mistake, wrong in WRONG[number].items():
        for answer in wrong if isinstance(wrong, list) else [wrong]:
            with pytest.raises(answers.Mistake) as raised:
                wu.exercises.check(number, *answer if isinstance(answer, tuple) else (answer,))
            assert named.setdefault(str(raised.value), mistake) == mistake


def swapped_ends(critic, real, fake, seed=None):
    epsilon = tf.random.uniform([tf.shape(real)[0], 1, 1, 1])
    points = tf.Variable(fake + epsilon * (real - fake))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(critic(points, training=True))
    gradients = tf.reshape(tape.gradient(total, points), (len(real), -1))
    return tf.reduce_mean((tf.sqrt(tf.maximum(tf.reduce_sum(gradients**2, axis=1), 1e-12)) - 1) ** 2)


def in_float32(cost, a, b, temperature):
    cost, a, b = (value.astype("float32") for value in (cost, a, b))
    return plan()(cost, a, b, np.float32(temperature))


RIGHT = [
    ("01.3", GANStep),
    ("03.2", lambda real, fake: kernel_distance(real, fake)[0]),
    ("02.3", Step),
    *(("04.4", kind) for kind in (Penalised, WGANGP)),
    *(("04.3", kind) for kind in (wu.losses.gradient_penalty, tf.function(gradient_penalty), swapped_ends)),
    ("06.2", lambda a, b, t: list(walk()(a, b, t))),
    ("distances.1", in_float32),
]


@pytest.mark.parametrize(("number", "answer"), RIGHT)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_right_answer_may_be_written_in_other_ways_at_any_precision(precision, number, answer):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        wu.exercises.check(number, answer)
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
