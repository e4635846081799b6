"""The generators of the lab on checkerboards: their sizes, and that the first is lesson 06's."""

import keras
import numpy as np
import pytest

from wgan_utils import labs
from wgan_utils.gan import networks
from wgan_utils.published import DOUBLING_ARMS


@pytest.mark.parametrize("arm", DOUBLING_ARMS)
def test_each_makes_faces_and_upsampling_has_as_many_weights_as_the_kernel_of_5(arm):
    generator = labs.doubling_generator(arm)
    assert generator.output_shape == (None, 64, 64, 3)
    assert (generator.count_params() == 5_168_003) == (arm != "kernel 4")


def test_the_kernel_of_5_is_lesson_06s_generator():
    built = []
    for build in (lambda: labs.doubling_generator("kernel 5", 0.0625, 7), lambda: networks.face_generator(0.0625, 7)):
        keras.utils.set_random_seed(2)
        built.append(build().get_weights())
    for one, other in zip(*built, strict=True):
        np.testing.assert_array_equal(one, other)
