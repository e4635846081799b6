"""What is measured while a model trains agrees with closed forms, and leaves the training alone."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.tiny import LATENT_DIM, tiny_generator, tiny_images
from tests.training.running import eager_model
from wgan_utils.gan.networks import generate, latent_vectors
from wgan_utils.metrics import distances
from wgan_utils.models import WGAN
from wgan_utils.training.callbacks import SEED, WriteCriticHealth, WriteQuality
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

LATENT = latent_vectors(6, LATENT_DIM, seed=0)
TRAIN, HELD_OUT = tiny_images().train[:6], tiny_images(seed=1).train


def linear_model(norm: float, clip_value: float | None = None) -> WGAN:
    """A WGAN whose critic is f(x) = w·x with ‖w‖ = norm."""
    critic = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(1, use_bias=False)])
    critic.layers[-1].kernel.assign(np.full((64, 1), norm / 8, "float32"))
    return WGAN(tiny_generator(), critic, LATENT_DIM, clip_value=clip_value)


def health_of(model: WGAN) -> WriteCriticHealth:
    callback = WriteCriticHealth(None, 1, 1, TRAIN, HELD_OUT, LATENT)
    callback.set_model(model)
    model.run_eagerly = True
    callback.on_train_begin()
    return callback


@pytest.mark.parametrize("norm", [0.5, 3.0])
def test_a_linear_critic_has_its_gradient_norm_everywhere_and_estimates_that_differ_as_the_images_do(norm):
    health = health_of(linear_model(norm))
    row = health.measure()
    norms = [value for name, value in row.items() if name.startswith("gradient_norm_")]
    assert len(norms) == 9
    np.testing.assert_allclose(norms, norm, rtol=1e-5)
    assert "clipped" not in row
    parts = {"train": (health.train, TRAIN), "held_out": (health.held_out, HELD_OUT)}
    for shown, of in parts.values():  # six different ones, at random
        assert len({image.tobytes() for image in shown} & {image.tobytes() for image in of}) == 6
    sums = [np.mean(np.sum(shown / 127.5 - 1, axis=(1, 2, 3))) for shown, _ in parts.values()]
    assert row["estimate"] - row["held_out_estimate"] == pytest.approx(norm / 8 * (sums[0] - sums[1]), rel=1e-4)


def test_the_clipped_share_counts_weights_at_either_bound():
    model = linear_model(1.0, clip_value=0.01)
    kernel = np.zeros((64, 1), "float32")
    kernel[:16], kernel[16:24], kernel[24:32] = 0.01, -0.01, 0.0098
    model.critic.layers[-1].kernel.assign(kernel)
    assert health_of(model).measure()["clipped"] == pytest.approx(24 / 64)


def test_measuring_changes_nothing():
    stack = [keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.BatchNormalization(), layers.Dropout(0.5)]
    critic = keras.Sequential([*stack, layers.Flatten(), layers.Dense(1)])
    model = WGAN(tiny_generator(), critic, LATENT_DIM, clip_value=None)
    before = [np.array(keras.ops.convert_to_numpy(v)) for v in model.variables]
    keras.utils.set_random_seed(0)  # Keras's dropout on PyTorch draws from PyTorch's own state
    first = health_of(model).measure()
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), value)
    keras.utils.set_random_seed(0)
    assert first == health_of(model).measure()


def means(images: np.ndarray) -> np.ndarray:
    """Two features of an image: the means of its halves."""
    return images.reshape(len(images), 2, -1).mean(axis=2) / 255.0


def test_rows_hold_the_distances_of_both_generators_at_that_step_and_each_once_in_a_continued_run(tmp_path):
    run, latent, images = Run(tmp_path / "run"), latent_vectors(30, LATENT_DIM, SEED), tiny_images(40)
    real = means(images.train)
    untrained = generate(eager_model().generator, latent)
    for steps in (3, 5):
        model = eager_model(ema_momentum=0.5)
        callback = WriteQuality(run, every=2, last_step=steps, features=means, held_out_features=real, n=30)
        train(model, images, run, steps=steps, batch_size=4, show_progress=False, extra_callbacks=[callback])
    quality = run.read("quality")
    assert list(quality["step"]) == [0, 2, 3, 4, 5]
    last = generate(model.generator, latent)
    averaged = generate(model.averaged, latent)
    for row, before, made in ((0, "", untrained), (-1, "", last), (-1, "averaged_", averaged)):
        features = means(made)
        expected = distances.frechet_distance(features, real), 1e3 * distances.kernel_distance(features, real)[0]
        found = [quality[f"{before}{name}_distance"][row] for name in ("frechet", "kernel")]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
