"""What checks of exercises are made of."""

import keras
import numpy as np
import pytest
from keras import ops

from wgan_utils import answers
from wgan_utils.gan.backend import value_and_gradients


def test_numbers_are_taken_from_arrays_tensors_and_floats():
    assert answers.scalar(2) == answers.scalar(np.float32(2)) == answers.scalar(ops.convert_to_tensor(2.0)) == 2.0
    assert answers.scalars((1, ops.convert_to_tensor(2.0)), 2) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda: answers.given(None), "returns nothing"),
        (lambda: answers.scalar(None), "returns nothing"),
        (lambda: answers.scalar(np.ones((4, 1))), r"shape \(4, 1\), not one number: take the mean over the batch"),
        (lambda: answers.scalars(None, 2), "returns nothing"),
        (lambda: answers.scalars(1.0, 2), "has to return 2 numbers"),
        (lambda: answers.scalars((1.0,), 2), "has to return 2 numbers"),
        (lambda: answers.scalars((1.0, None), 2), "returns nothing"),
    ],
)
def test_what_is_no_number_is_said(answer, message):
    with pytest.raises(AssertionError, match=message):
        answer()


def test_a_mistake_is_named_by_the_answer_it_leads_to():
    mistakes = {"twice": 4.0, "turned": np.array([1.0, 2.0]), "right": 2.0}
    answers.check(2.0 + 1e-6, 2.0, mistakes, "other")  # right, whatever else it is
    answers.check(np.array([2.0, 1.0]), [2.0, 1.0], mistakes, "other")
    for found, message in ((4.0, "twice"), (np.array([1.0, 2.0]), "turned"), (3.0, "other"), (np.nan, "other")):
        with pytest.raises(AssertionError, match=message):
            answers.check(found, 2.5, mistakes, "other")


WEIGHT = keras.Variable(3.0)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda: WEIGHT.value**2, "a scalar and a dictionary"),
        (lambda: (WEIGHT.value**2, WEIGHT.value), "a scalar and a dictionary"),
        (lambda: None, "a scalar and a dictionary"),
        (lambda: (ops.stack([WEIGHT.value] * 3), {}), r"not of the shape \(3,\): take the mean"),
        ((1.0, {}), "`loss`, not `loss\\(\\)`"),
    ],
)
def test_a_loss_function_that_is_none_is_refused(loss, message):
    with pytest.raises(TypeError, match=message):
        value_and_gradients(loss, [WEIGHT])
