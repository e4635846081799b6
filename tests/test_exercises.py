"""Exercises: each lesson's solution is right, and each wrong answer gets a message of its own."""

import importlib
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

import wgan_utils as wu
from scripts.student_edition import without_solution
from tests.refused import refused
from wgan_utils.exercises import CHECKS, answers

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
WRONG = {}
for notebook in NOTEBOOKS:
    WRONG |= importlib.import_module(f"tests.wrong_answers.lesson_{notebook.stem[:2]}").WRONG


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_s_solutions_are_right_and_print_what_is_stored(path, capsys):
    names = {"np": np, "keras": keras, "layers": keras.layers, "ops": keras.ops, "wu": wu}
    numbers, solution = [], ""
    for cell in nbformat.read(path, as_version=4).cells:
        if "solution" in cell.metadata.get("tags", []):
            solution = cell.source
        if "check" in cell.metadata.get("tags", []):
            exec(without_solution(solution), names)
            with pytest.raises(NotImplementedError):
                exec(cell.source, names)
            exec(f"{solution}\n{cell.source}", names)
            assert [capsys.readouterr().out] == [output.text for output in cell.outputs]
            numbers.append(cell.source.split('"')[1])
    assert len(numbers) >= 2
    assert numbers == [number for number in CHECKS if number[:2] == path.stem[:2]]


@pytest.mark.parametrize("number", CHECKS)
def test_wrong_answers_are_told_apart(number):
    named = {}
    for mistake, wrong in WRONG[number].items():
        for answer in wrong if isinstance(wrong, list) else [wrong]:
            with pytest.raises(answers.Mistake) as raised:
                wu.exercises.check(number, *answer if isinstance(answer, tuple) else (answer,))
            assert named.setdefault(str(raised.value), mistake) == mistake


def penalty(critic, real, fake, seed):
    epsilon = tf.random.stateless_uniform((len(real), 1, 1, 1), (0, seed))
    between = fake + epsilon * (real - fake)
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = critic(between, training=True)
    squares = tf.reduce_sum(tape.gradient(scores, between) ** 2, axis=[1, 2, 3])
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - 1) ** 2)


def update(critic, optimizer, real, fake, clip_value):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real))
    weights = critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    for v in weights:
        v.assign(tf.clip_by_value(v, -clip_value, clip_value))
    return -loss


@pytest.mark.parametrize(("number", "answer"), [("02.3", update), ("04.3", penalty)])
def test_an_answer_may_be_in_tensorflow(number, answer):
    wu.exercises.check(number, answer)


def test_what_is_no_answer_is_refused():
    with refused(naming=", ".join(CHECKS)):
        wu.exercises.check("04.9", penalty)
    for answer in ((), (penalty, penalty), (1.0,)):
        with refused(naming="gradient_penalty"):
            wu.exercises.check("04.3", *answer)


def test_a_number_may_be_a_float_an_array_or_a_tensor():
    assert answers.scalar(2) == answers.scalar(np.float32(2)) == answers.scalar(tf.constant(2.0)) == 2.0
    assert answers.several((1, tf.constant(2.0)), 2, answers.scalar) == [1.0, 2.0]
