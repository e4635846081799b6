"""The published recipe: each of its departures from Algorithm 1, on a tiny critic with BatchNorm."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.tiny import LATENT_DIM, copies, tiny_critic, tiny_generator, tiny_images
from wgan_utils.published_recipe import FROZEN, PublishedWGAN, convolution_kernels

CLIP = 0.01
HALF = 3


def published(frozen: str = "training", rate: float = 0.1, **options) -> PublishedWGAN:
    keras.utils.set_random_seed(7)
    networks = tiny_generator(), tiny_critic(batch_norm=True, dropout=0)
    model = PublishedWGAN(*networks, LATENT_DIM, 2, CLIP, seed=5, frozen_batch_norm=frozen, **options)
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    return model


def real_half_batch() -> np.ndarray:
    return tiny_images(HALF).train.astype("float32") / 127.5 - 1


def batch_norm_scales(model: PublishedWGAN) -> list:
    return [v for v in model.critic.trainable_variables if v.name in ("gamma", "beta")]


def mean_score(model, images) -> float:
    return float(ops.convert_to_numpy(model.critic(images, training=True)).mean())


@pytest.mark.parametrize(("label", "sign"), [(-1.0, 1), (1.0, -1)])
def test_an_update_on_one_kind_moves_the_mean_score_of_its_own_images_against_the_label(label, sign):
    """−1, the label of real images, raises their score; +1 lowers that of generated ones."""
    model, images = published(rate=1e-4), real_half_batch()
    before = mean_score(model, images)
    logs = model.update_on_one_kind(images, label, "score")
    assert float(logs["score"]) == pytest.approx(before, rel=1e-5)
    convolutions = {id(v) for v in convolution_kernels(model.critic)}
    assert all(np.abs(ops.convert_to_numpy(v)).max() <= CLIP for v in convolution_kernels(model.critic))
    assert any(np.abs(ops.convert_to_numpy(v)).max() > CLIP for v in model.critic.weights if id(v) not in convolutions)
    # Clipping has changed the scores; with the clipped weights put aside the update alone is seen.
    middle = mean_score(model, images)
    model.update_on_one_kind(images, label, "score")
    after = mean_score(model, images)
    assert sign * (after - middle) > 0


def test_the_critic_is_updated_twice_on_generated_images_made_in_inference_mode():
    model = published()
    modes = []
    call = model.generator.call

    def noted(*args, **kwargs):
        modes.append(kwargs.get("training"))
        return call(*args, **kwargs)

    model.generator.call = noted
    generator_state = copies(model.generator.variables)
    logs = model.update_critic(ops.convert_to_tensor(real_half_batch()))
    assert set(logs) == {"real_score", "fake_score"}
    assert int(model.optimizer.iterations) == 2
    assert modes == [False]
    assert all(np.array_equal(a, b) for a, b in zip(generator_state, copies(model.generator.variables), strict=True))


@pytest.mark.parametrize("frozen", FROZEN)
def test_the_generators_update_reads_the_critics_batch_norm_as_it_was_told(frozen):
    model = published(frozen)
    model.update_critic(ops.convert_to_tensor(real_half_batch()))
    rest = [v for v in model.critic.variables if v.name in ("kernel", "bias")]
    statistics = [v for v in model.critic.variables if v.name.startswith("moving")]
    before = copies(rest), copies(batch_norm_scales(model)), copies(statistics), copies(model.generator.variables)
    model.update_generator(HALF)

    def moved(old, variables):
        return not all(np.array_equal(a, b) for a, b in zip(old, copies(variables), strict=True))

    assert not moved(before[0], rest)
    assert moved(before[1], batch_norm_scales(model)) == (frozen == "training")
    assert moved(before[2], statistics) == (frozen == "training")
    assert moved(before[3], model.generator.variables)


def test_the_generators_batch_is_twice_a_half_batch():
    model, sizes = published(), []
    draw = model.draw_latent

    def noted(size):
        sizes.append(int(size))
        return draw(size)

    model.draw_latent = noted
    model.step_on((tiny_images(HALF).train[:, None].repeat(2, axis=1),))
    assert sizes == [HALF, HALF, 2 * HALF]  # two pairs of critic updates, one generator update


@pytest.mark.parametrize("frozen", FROZEN)
def test_its_options_are_part_of_a_runs_identity(frozen):
    model = published(frozen, ema_momentum=0.9)
    assert (model.settings()["frozen_batch_norm"], model.settings()["ema_momentum"]) == (frozen, 0.9)


def test_other_words_for_a_frozen_batch_norm_are_refused():
    with pytest.raises(ValueError, match="frozen_batch_norm"):
        published("frozen")
