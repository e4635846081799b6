"""The distance noted down while training is the Fréchet distance of the generator as it then is."""

import numpy as np

from tests.tiny import LATENT_DIM, tiny_images, tiny_model
from wgan_utils.gan.sampling import generate, latent_vectors
from wgan_utils.metrics import distances
from wgan_utils.runs.run import Run
from wgan_utils.training.sample_quality import SEED, WriteQuality
from wgan_utils.training.train import train

IMAGES = tiny_images(40)


class Means:
    """Stands for a classifier: an image's two features are the means of its halves."""

    def features(self, images: np.ndarray) -> np.ndarray:
        return images.reshape(len(images), 2, -1).mean(axis=2) / 255.0


REAL = Means().features(IMAGES.train)


def test_rows_hold_the_distance_of_the_generator_at_that_step(tmp_path):
    run, model = Run(tmp_path / "run"), tiny_model(dense=True)
    latent = latent_vectors(30, LATENT_DIM, SEED)
    untrained = generate(model.generator, latent)
    callback = WriteQuality(run, every=2, last_step=5, held_out_features=REAL, classifier=Means(), n=30)
    train(model, IMAGES, run, steps=5, batch_size=4, extra_callbacks=[callback])
    quality = run.read("quality")
    assert list(quality["step"]) == [0, 2, 4, 5]
    for row, images in ((0, untrained), (-1, generate(model.generator, latent))):
        expected = distances.frechet_distance(Means().features(images), REAL)
        np.testing.assert_allclose(quality["frechet_distance"][row], expected, rtol=1e-6)
        expected = 1e3 * distances.kernel_distance(Means().features(images), REAL)[0]
        np.testing.assert_allclose(quality["kernel_distance"][row], expected, rtol=1e-6)


def test_a_continued_run_has_each_row_once(tmp_path):
    run = Run(tmp_path / "run")
    for steps in (2, 4):
        callback = WriteQuality(run, every=1, last_step=steps, held_out_features=REAL, classifier=Means(), n=30)
        train(tiny_model(dense=True), IMAGES, run, steps=steps, batch_size=4, extra_callbacks=[callback])
    assert list(run.read("quality")["step"]) == [0, 1, 2, 3, 4]


def test_an_averaged_generator_has_a_column_of_its_own(tmp_path):
    run, model = Run(tmp_path / "run"), tiny_model(dense=True, ema_momentum=0.5)
    callback = WriteQuality(run, every=2, last_step=3, held_out_features=REAL, classifier=Means(), n=30)
    train(model, IMAGES, run, steps=3, batch_size=4, extra_callbacks=[callback])
    images = generate(model.averaged, latent_vectors(30, LATENT_DIM, SEED))
    expected = distances.frechet_distance(Means().features(images), REAL)
    found = run.read("quality")["averaged_frechet_distance"]
    np.testing.assert_allclose(found[-1], expected, rtol=1e-6)
    assert len(found) == len(run.read("quality")["averaged_kernel_distance"]) == 3
