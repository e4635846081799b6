"""The published recipe: each of its departures from Algorithm 1, on a tiny critic with BatchNorm."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.tiny import LATENT_DIM, copies, tiny_critic, tiny_generator, tiny_images
from wgan_utils.labs.published_recipe import PublishedWGAN, convolution_kernels

CLIP = 0.01
HALF = 3


def published(rate: float = 0.1, **options) -> PublishedWGAN:
    keras.utils.set_random_seed(7)
    networks = tiny_generator(), tiny_critic(batch_norm=True, dropout=0)
    model = PublishedWGAN(*networks, LATENT_DIM, 2, **{"clip_value": CLIP, "seed": 5, **options})
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    return model


def real_half_batch():
    return ops.convert_to_tensor(tiny_images(HALF).train.astype("float32") / 127.5 - 1)


def parts_of(model: PublishedWGAN) -> dict[str, list]:
    """The variables that the recipe tells apart."""
    return {
        "kernels": convolution_kernels(model.critic),
        "last": model.critic.layers[-1].trainable_variables,
        "scales": [v for v in model.critic.variables if v.name in ("gamma", "beta")],
        "statistics": [v for v in model.critic.variables if v.name.startswith("moving")],
        "generator": model.generator.variables,
    }


def moved_by(model: PublishedWGAN, update) -> set[str]:
    """Which parts an update changes."""
    before = {name: copies(variables) for name, variables in parts_of(model).items()}
    update()
    after = {name: copies(variables) for name, variables in parts_of(model).items()}
    return {name for name in before if not all(map(np.array_equal, before[name], after[name]))}


def largest(variables: list) -> float:
    return max(np.abs(values).max() for values in copies(variables))


@pytest.mark.parametrize(("label", "sign"), [(-1.0, 1), (1.0, -1)])
def test_a_push_moves_the_mean_score_of_its_own_images_against_the_label(label, sign):
    """−1, the label of real images, raises their score; +1 lowers that of generated ones."""
    model, images = published(rate=1e-4, clip_value=None), real_half_batch()
    before, after = (float(model.update_on_one_kind(images, label, "score")["score"]) for _ in range(2))
    assert sign * (after - before) > 0


@pytest.mark.parametrize("clip_last_layer", [False, True])
def test_the_critic_is_updated_twice_on_images_made_in_inference_mode_and_clipped_in_part(clip_last_layer):
    model, modes = published(clip_last_layer=clip_last_layer), []
    call = model.generator.call
    model.generator.call = lambda *given, **how: modes.append(how.get("training")) or call(*given, **how)
    assert "generator" not in moved_by(model, lambda: model.update_critic(real_half_batch()))
    assert int(model.optimizer.iterations) == 2
    assert modes == [False]
    parts = parts_of(model)
    assert largest(parts["kernels"]) <= CLIP < largest(parts["scales"])
    assert (largest(parts["last"]) <= CLIP) == clip_last_layer


@pytest.mark.parametrize(
    ("reading", "moved"), [("inference", {"generator"}), ("training", {"generator", "scales", "statistics"})]
)
def test_the_generators_update_reads_the_critics_batch_norm_as_it_was_told(reading, moved):
    model = published(frozen_batch_norm=reading)
    model.update_critic(real_half_batch())
    assert moved_by(model, lambda: model.update_generator(HALF)) == moved


def test_the_generators_batch_is_twice_a_half_batch():
    model, sizes = published(), []
    draw = model.draw_latent
    model.draw_latent = lambda size: sizes.append(int(size)) or draw(size)
    model.step_on((tiny_images(HALF).train[:, None].repeat(2, axis=1),))
    assert sizes == [HALF, HALF, 2 * HALF]


def test_a_joint_update_is_one_with_the_loss_of_both_kinds_of_image():
    model = published(joint_update=True)
    logs = {name: float(value) for name, value in model.update_critic(real_half_batch()).items()}
    assert logs["critic_loss"] == pytest.approx(logs["fake_score"] - logs["real_score"], rel=1e-5)
    assert int(model.optimizer.iterations) == 1


def test_its_options_are_part_of_a_runs_identity_and_others_are_refused():
    options = {"frozen_batch_norm": "training", "clip_last_layer": True, "joint_update": True, "ema_momentum": 0.9}
    assert options.items() <= published(**options).settings().items()
    with pytest.raises(ValueError, match="frozen_batch_norm"):
        published(frozen_batch_norm="frozen")
