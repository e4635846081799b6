"""The published recipe: each of its departures from Algorithm 1, on a tiny critic with BatchNorm."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.tiny import LATENT_DIM, copies, tiny_critic, tiny_generator, tiny_images
from wgan_utils.labs.published_recipe import FROZEN, PublishedWGAN, convolution_kernels

CLIP = 0.01
HALF = 3


def published(rate: float = 0.1, **options) -> PublishedWGAN:
    keras.utils.set_random_seed(7)
    networks = tiny_generator(), tiny_critic(batch_norm=True, dropout=0)
    model = PublishedWGAN(*networks, LATENT_DIM, 2, **{"clip_value": CLIP, "seed": 5, **options})
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    return model


def real_half_batch() -> np.ndarray:
    return tiny_images(HALF).train.astype("float32") / 127.5 - 1


def batch_norm_scales(model: PublishedWGAN) -> list:
    return [v for v in model.critic.trainable_variables if v.name in ("gamma", "beta")]


def mean_score(model, images) -> float:
    return float(ops.convert_to_numpy(model.critic(images, training=True)).mean())


@pytest.mark.parametrize(("label", "sign"), [(-1.0, 1), (1.0, -1)])
def test_a_push_moves_the_mean_score_of_its_own_images_against_the_label(label, sign):
    """−1, the label of real images, raises their score; +1 lowers that of generated ones."""
    model, images = published(rate=1e-4), real_half_batch()
    before = mean_score(model, images)
    logs = model.update_on_one_kind(images, label, "score")
    assert float(logs["score"]) == pytest.approx(before, rel=1e-5)
    convolutions = {id(v) for v in convolution_kernels(model.critic)}
    assert all(np.abs(ops.convert_to_numpy(v)).max() <= CLIP for v in convolution_kernels(model.critic))
    assert any(np.abs(ops.convert_to_numpy(v)).max() > CLIP for v in model.critic.weights if id(v) not in convolutions)
    # Clipping has changed the scores; with the clipped weights put aside the update_on_one_kind alone is seen.
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


@pytest.mark.parametrize("reading", FROZEN)
def test_the_generators_update_reads_the_critics_batch_norm_as_it_was_told(reading):
    model = published(frozen_batch_norm=reading)
    model.update_critic(ops.convert_to_tensor(real_half_batch()))
    rest = [v for v in model.critic.variables if v.name in ("kernel", "bias")]
    statistics = [v for v in model.critic.variables if v.name.startswith("moving")]
    before = copies(rest), copies(batch_norm_scales(model)), copies(statistics), copies(model.generator.variables)
    model.update_generator(HALF)

    def moved(old, variables):
        return not all(np.array_equal(a, b) for a, b in zip(old, copies(variables), strict=True))

    assert not moved(before[0], rest)
    assert moved(before[1], batch_norm_scales(model)) == (reading == "training")
    assert moved(before[2], statistics) == (reading == "training")
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


def test_one_joint_update_lowers_the_loss_on_both_kinds_of_image():
    model, real = published(rate=1e-4, joint_update=True, clip_value=None), ops.convert_to_tensor(real_half_batch())
    fake = model.generator(model.draw_latent(HALF), training=False)
    logs = [model.update_once(lambda: model.critic_loss(real, fake)) for _ in range(2)]
    for one in logs:
        assert float(one["critic_loss"]) == pytest.approx(float(one["fake_score"] - one["real_score"]), rel=1e-5)
    assert float(logs[1]["critic_loss"]) < float(logs[0]["critic_loss"])
    assert set(model.update_critic(real)) == set(logs[0])
    assert int(model.optimizer.iterations) == 3


@pytest.mark.parametrize("clip_last_layer", [False, True])
def test_the_last_layer_is_clipped_where_it_is_asked_for(clip_last_layer):
    model = published(clip_last_layer=clip_last_layer)
    model.update_critic(ops.convert_to_tensor(real_half_batch()))
    kernel, bias = copies(model.critic.layers[-1].trainable_variables)
    assert (max(np.abs(kernel).max(), np.abs(bias).max()) <= CLIP) == clip_last_layer
    assert any(np.abs(values).max() > CLIP for values in copies(batch_norm_scales(model)))


def test_it_trains_a_critic_without_batch_norm():
    networks = tiny_generator(), tiny_critic(batch_norm=False, dropout=0)
    model = PublishedWGAN(*networks, LATENT_DIM, 1, CLIP, frozen_batch_norm="training")
    assert model.generator_step_variables() == model.generator.trainable_variables


@pytest.mark.parametrize(
    ("name", "value"), [("frozen_batch_norm", "training"), ("clip_last_layer", True), ("joint_update", True)]
)
def test_its_options_are_part_of_a_runs_identity(name, value):
    recipe = {"frozen_batch_norm": "inference", "clip_last_layer": False, "joint_update": False, "ema_momentum": 0.9}
    settings = published(ema_momentum=0.9, **{name: value}).settings()
    assert {key: settings[key] for key in recipe} == {**recipe, name: value}


def test_other_readings_are_refused():
    with pytest.raises(ValueError, match="frozen_batch_norm"):
        published(frozen_batch_norm="frozen")
