"""One training step of each kind of GAN: what it computes, what it changes and what it leaves alone."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.refused import refused
from tests.tiny import LATENT_DIM, MODELS, copies, needs_bfloat16, tiny_critic, tiny_generator, tiny_images, tiny_model
from wgan_utils import models
from wgan_utils.gan import losses
from wgan_utils.gan.backend import BACKEND, value_and_gradients
from wgan_utils.gan.networks import as_inputs, generate, latent_vectors
from wgan_utils.labs.critics import batch_sensitivity
from wgan_utils.models import GAN, R1GAN, R3GAN, WGAN, WGANGP, AdversarialModel, has_cross_sample_layers, paper_rmsprop
from wgan_utils.training.train import RealImages

CLIP = 0.01


def step_data(critic_steps: int = 2, batch_size: int = 4, seed: int = 0) -> tuple[np.ndarray]:
    rng = np.random.default_rng(seed)
    return (rng.integers(0, 256, (batch_size, critic_steps, 8, 8, 1), dtype=np.uint8),)


def real_batch(n: int = 4):
    return ops.convert_to_tensor(tiny_images(n).train.astype("float32") / 127.5 - 1)


def kernels_and_biases(model: keras.Model) -> list:
    return [v for v in model.trainable_variables if v.name in ("kernel", "bias")]


def changed(before: list[np.ndarray], variables: list) -> list[bool]:
    return [not np.array_equal(a, b) for a, b in zip(before, copies(variables), strict=True)]


def number(tensor) -> float:
    return float(ops.convert_to_numpy(tensor))


# ---- which network an update touches


@pytest.mark.parametrize("kind", MODELS)
def test_each_update_changes_its_own_network_alone(kind):
    model = tiny_model(kind)
    networks = {"critic": model.critic.trainable_variables, "generator": model.generator.trainable_variables}
    updates = {"critic": model.update_critic, "generator": lambda real: model.update_generator(4, real)}
    for name, update in updates.items():
        before = {part: copies(variables) for part, variables in networks.items()}
        update(real_batch())
        moved = {part: changed(before[part], variables) for part, variables in networks.items()}
        # Not every bias need move: the last one of a Wasserstein critic cancels out of its loss.
        assert all(move for v, move in zip(networks[name], moved[name], strict=True) if v.name == "kernel")
        assert not any(move for part in networks.keys() - {name} for move in moved[part])


@pytest.mark.parametrize("kind", MODELS)
def test_one_step_is_critic_steps_critic_updates_on_images_and_latent_vectors_of_their_own(kind):
    model = tiny_model(kind, dense=True, critic_steps=3)
    seen, drawn = [], []
    update, model.update_critic = model.update_critic, lambda real: seen.append(real) or update(real)
    draw, model.draw_latent = model.draw_latent, lambda n: drawn.append(draw(n)) or drawn[-1]
    (images,) = step_data(critic_steps=3)
    images[0, 0, 0, 0, 0], images[0, 0, 0, 1, 0] = 0, 255
    logs = model.step_on((images,))
    assert all(np.isfinite(number(value)) for value in logs.values())
    iterations = [optimizer.iterations for optimizer in (model.optimizer, model.generator_optimizer)]
    assert [int(x) for x in (*iterations, model.steps_done)] == [3, 1, 1]
    for real, expected in zip(seen, np.swapaxes(images, 0, 1), strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(real), expected / 127.5 - 1, atol=1e-6)
    assert (ops.convert_to_numpy(seen[0]).min(), ops.convert_to_numpy(seen[0]).max()) == (-1, 1)
    drawn = [ops.convert_to_numpy(latent) for latent in drawn]
    assert [latent.shape for latent in drawn] == [(4, LATENT_DIM)] * 4
    assert len({latent.tobytes() for latent in drawn}) == 4


def test_a_step_of_ones_own_trains_on_every_backend():
    class Own(AdversarialModel):
        def step(self, real):
            def loss():
                return ops.mean(self.critic(real[:, 0], training=True)), {}

            weights = self.critic.trainable_variables
            value, _, gradients = value_and_gradients(loss, weights, self.variables)
            self.critic_optimizer.apply(gradients, weights)
            return {"mean_score": value, "half": 0.5}

    model = Own(tiny_generator(), tiny_critic(), LATENT_DIM, critic_steps=2)
    model.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    critic, generator = model.critic.trainable_variables, model.generator.trainable_variables
    before = copies(critic), copies(generator)
    history = model.fit(RealImages(tiny_images().train, 4, 2, 5, 0, 3), shuffle=False, verbose=0).history
    assert set(history) == {"mean_score", "half"}
    assert any(changed(before[0], critic))
    assert not any(changed(before[1], generator))
    assert (int(model.steps_done), int(model.critic_optimizer.iterations)) == (3, 3)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="elsewhere nothing is traced, or by other means")
def test_a_compiled_step_traces_the_critics_update_once_and_computes_the_same_to_the_bit(monkeypatch):
    def trained() -> tuple[int, list[np.ndarray]]:
        model = tiny_model("wgan", dense=True, critic_steps=3)
        traced = []
        update, model.update_critic = model.update_critic, lambda real: traced.append(real) or update(real)
        model.fit(RealImages(tiny_images().train, 4, 3, 5, 0, 3), shuffle=False, verbose=0)
        return len(traced), [*model.state().values()]

    once, found = trained()
    monkeypatch.setattr(models, "traced_once", lambda function: function)
    thrice, expected = trained()
    assert 3 * once == thrice
    assert all(np.array_equal(value, other) for value, other in zip(found, expected, strict=True))


# ---- weight clipping


def test_batch_norm_in_a_clipped_critic_is_warned_of():
    networks = tiny_generator(), tiny_critic(batch_norm=True)
    with pytest.warns(UserWarning, match="BatchNormalization"):
        WGAN(*networks, LATENT_DIM, clip_value=CLIP)
    WGAN(*networks, LATENT_DIM, clip_value=None)  # a warning would be an error


@pytest.mark.parametrize(
    ("kind", "settings", "bounded"),
    [
        ("wgan", {"clip_value": CLIP}, True),
        ("wgan", {"clip_value": CLIP, "batch_norm": True}, True),
        *(("gan", {}, False), ("wgangp", {}, False), ("wgan", {"clip_value": None}, False)),
    ],
)
def test_after_each_critic_update_kernels_and_biases_are_within_the_clip_value_if_there_is_one(kind, settings, bounded):
    """Also the first one, from weights far outside: so the clipping comes after the update."""
    model = tiny_model(kind, learning_rate=0.1, **settings)
    for variable in kernels_and_biases(model.critic):
        variable.assign(5 * ops.ones(variable.shape))
    bound = float(np.float32(CLIP))
    for _ in range(2):
        model.update_critic(real_batch())
        values = copies(kernels_and_biases(model.critic))
        assert (max(np.abs(v).max() for v in values) <= bound) == bounded
        # A step of 0.1 is ten times the range: nearly all weights end at its limits.
        assert (sum((np.abs(v) == bound).sum() for v in values) > 0) == bounded


# ---- losses and logs


def frozen_draws(model: GAN):
    """Let a model draw the same latent vectors each time; returns real images and those that they make."""
    latent = ops.convert_to_tensor(latent_vectors(4, LATENT_DIM, seed=3))
    model.draw_latent = lambda count: latent
    return real_batch(), model.generator(latent, training=True)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_logs_of_a_wgan_are_the_scores_before_the_update(batch_norm):
    model = tiny_model("wgan", batch_norm=batch_norm, dropout=0)
    real, fake = frozen_draws(model)
    real_score, fake_score = (number(ops.mean(model.critic(x, training=True))) for x in (real, fake))  # one pass each
    logs = {name: number(value) for name, value in model.update_critic(real).items()}
    expected = {"real_score": real_score, "fake_score": fake_score, "critic_loss": fake_score - real_score}
    assert logs == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("one_sided", [False, True])
def test_a_wgan_gps_loss_is_the_wgans_plus_lambda_times_the_penalty(one_sided):
    """Without dropout the penalty can be computed apart, with the same interpolation weights."""
    model = tiny_model("wgangp", dropout=0, penalty_weight=7.0, one_sided=one_sided)
    for variable in model.critic.trainable_variables:
        variable.assign(3 * ops.convert_to_tensor(variable))  # steep enough for the one-sided penalty
    real, fake = frozen_draws(model)
    twin = keras.random.SeedGenerator(0)
    twin.state.assign(ops.convert_to_tensor(model.seed_generator.state))
    penalty = number(losses.gradient_penalty(model.critic, real, fake, twin, one_sided))
    loss, logs = model.critic_loss(real, fake)
    assert penalty > 1e-3
    assert number(logs["gradient_penalty"]) == pytest.approx(penalty, rel=1e-5)
    difference = number(logs["fake_score"]) - number(logs["real_score"])
    assert number(logs["critic_loss"]) == pytest.approx(difference, abs=1e-5)  # logged without the penalty
    assert number(loss) == pytest.approx(difference + 7 * penalty, rel=1e-5)


def softplus(x: np.ndarray) -> float:
    return float(np.mean(np.log1p(np.exp(x))))


# Of each GAN, from its logits: the loss of its critic without penalties, what it logs, and its generator's loss.
GANS = {
    "gan": (
        lambda real, fake: softplus(-real) + softplus(fake),
        {"real_accuracy": lambda real, fake: real > 0, "fake_accuracy": lambda real, fake: fake < 0},
        lambda real, fake: softplus(-fake),
    ),
    "r3gan": (
        lambda real, fake: softplus(fake - real),
        {"pair_accuracy": lambda real, fake: real > fake},
        lambda real, fake: softplus(real - fake),
    ),
}
GANS["r1gan"] = GANS["gan"]


@pytest.mark.parametrize("kind", GANS)
def test_a_gans_losses_are_its_formulas_and_gamma_times_the_penalties(kind):
    model = tiny_model(kind, dropout=0, **({} if kind == "gan" else {"gamma": 7.0}))
    real, fake = frozen_draws(model)
    logits = [ops.convert_to_numpy(model.critic(images, training=True))[:, 0] for images in (real, fake)]
    critic_loss, accuracies, generator_loss = GANS[kind]
    expected = {"discriminator_loss": critic_loss(*logits)}
    expected |= {name: np.mean(right(*logits)) for name, right in accuracies.items()}
    r1, r2 = (number(losses.zero_centred_penalty(model.critic, images)) for images in (real, fake))
    assert min(r1, abs(r1 - r2)) > 1e-5
    penalties = {"gan": {}, "r1gan": {"r1_penalty": r1}, "r3gan": {"r1_penalty": r1, "r2_penalty": r2}}[kind]
    loss, logs = model.critic_loss(real, fake)
    assert {name: number(value) for name, value in logs.items()} == pytest.approx(expected | penalties, rel=1e-5)
    assert number(loss) == pytest.approx(expected["discriminator_loss"] + 7 * sum(penalties.values()), rel=1e-5)
    found = number(model.update_generator(4, real)["generator_loss"])
    assert found == pytest.approx(generator_loss(*logits), rel=1e-4)


# ---- the WGAN's optimizer


def updated(optimizer, gradients: list[np.ndarray]) -> np.ndarray:
    """Where a variable that began at 0 is after some updates."""
    variable = keras.Variable(np.zeros(len(gradients[0]), "float32"))
    for gradient in gradients:
        optimizer.apply([ops.convert_to_tensor(gradient)], [variable])
    return ops.convert_to_numpy(variable)


def test_the_papers_rmsprop_has_epsilon_outside_of_the_root():
    sizes = np.array([1.0, 1e-4, 1e-7, 1e-8, 1e-10, 0.0])  # a clipped critic's, and smaller ones than epsilon
    gradients = [(sizes * factor).astype("float32") for factor in (1.0, -0.5, 2.0)]
    place, mean_square = np.zeros(6), np.zeros(6)
    for gradient in gradients:
        mean_square = 0.99 * mean_square + 0.01 * gradient.astype("float64") ** 2
        place -= 5e-5 * gradient / (np.sqrt(mean_square) + 1e-8)
    np.testing.assert_allclose(updated(paper_rmsprop(5e-5), gradients), place, rtol=1e-4)
    kerass = updated(keras.optimizers.RMSprop(5e-5), gradients)
    assert abs(kerass[1]) < 0.1 * abs(place[1])  # whose epsilon dwarfs such gradients


# ---- what is refused


def scores_of(shape: tuple, scores: int = 1, **options) -> keras.Model:
    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(scores, **options)])


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda g, c: GAN(g, c, 4), "latent_dim"),
        (lambda g, c: GAN(g, scores_of((9, 8, 1)), LATENT_DIM), "(9, 8, 1)"),
        (lambda g, c: GAN(g, scores_of((8, 8, 1), 2), LATENT_DIM), "(None, 2)"),
        (lambda g, c: GAN(g, c, LATENT_DIM, critic_steps=0), "critic_steps"),
        *[(lambda g, c, x=x: WGAN(g, c, LATENT_DIM, clip_value=x), "clip_value") for x in (0, float("nan"))],
        (lambda g, c: WGANGP(g, c, LATENT_DIM, penalty_weight=0), "penalty_weight"),
        (lambda g, c: R1GAN(g, c, LATENT_DIM, gamma=0), "gamma"),
        *[(lambda g, c, x=x: GAN(g, c, LATENT_DIM, ema_momentum=x), "ema_momentum") for x in (0, 1)],
        (lambda g, c: WGAN(g, scores_of((8, 8, 1), dtype="mixed_float16"), LATENT_DIM), "float16"),
        (lambda g, c: tiny_model(dense=True).compile(*[keras.optimizers.Adam()] * 2), "optimizer"),
        (lambda g, c: tiny_model(dense=True).compile("adam", "sgd", steps_per_execution=2), "steps_per_execution"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(build, named):
    with refused(naming=named):
        build(tiny_generator(), tiny_critic())


# ---- what mixes the images of a batch


@pytest.mark.parametrize(
    ("layer", "mixes"),
    [
        (layers.BatchNormalization, True),
        (lambda: keras.Sequential([layers.BatchNormalization()]), True),
        (lambda: layers.BatchNormalization(trainable=False), False),  # it normalises by its statistics
        (layers.LayerNormalization, False),
        (lambda: layers.GroupNormalization(2), False),
        (lambda: layers.Dropout(0.5, seed=1), False),
    ],
)
def test_layers_that_mix_images_are_those_by_which_one_images_score_has_a_gradient_at_another(layer, mixes):
    stack = [layers.Flatten(), layers.Dense(6), layer(), layers.Activation("tanh"), layers.Dense(1)]
    critic = keras.Sequential([keras.Input((8, 8, 1)), *stack])
    of_others = batch_sensitivity(critic, real_batch())[~np.eye(4, dtype=bool)]
    assert bool(of_others.any()) is has_cross_sample_layers(critic) is mixes
    for kind in (WGANGP, R1GAN, R3GAN) if mixes else ():
        with refused(naming="BatchNormalization"):
            kind(tiny_generator(), critic, LATENT_DIM)


# ---- state


def test_another_models_state_is_refused_and_changes_nothing():
    model = tiny_model(dense=True)
    state = model.state()
    larger = WGAN(tiny_generator(), scores_of((8, 8, 1)), 3)
    larger.compile(keras.optimizers.Adam(), keras.optimizers.RMSprop())
    first, *_ = (name for name, value in state.items() if value.ndim == 2)
    for other, named in ((larger.state(), f"{len(larger.state())} arrays"), ({**state, first: np.zeros(1)}, "kernel")):
        with refused(naming=named):
            model.restore(other)
    assert all(np.array_equal(a, b) for a, b in zip(model.state().values(), state.values(), strict=True))


def test_a_model_that_is_compiled_again_trains_with_the_new_optimizers_and_keeps_nothing_of_the_first():
    model, images = tiny_model(dense=True, clip_value=None), tiny_images().train
    model.fit(RealImages(images, 4, 2, 5, 0, 2), shuffle=False, verbose=0)
    names, before = [name.split("_")[-1] for name in model.state()], copies(model.trainable_variables)
    model.compile(keras.optimizers.Adam(0.0, 0.5), keras.optimizers.RMSprop(0.0))
    model.fit(RealImages(images, 4, 2, 5, 2, 1), shuffle=False, verbose=0)
    assert [name.split("_")[-1] for name in model.state()] == names
    assert [int(one.iterations) for one in (model.critic_optimizer, model.generator_optimizer)] == [2, 1]
    assert not any(changed(before, model.trainable_variables))


def test_settings_name_what_defines_the_algorithm():
    assert tiny_model("gan").settings() == {"latent_dim": 3, "critic_steps": 2, "ema_momentum": None, "seed": 5}
    settings = tiny_model("wgangp", penalty_weight=3.0, one_sided=True).settings()
    assert (settings["penalty_weight"], settings["one_sided"], settings["clip_value"]) == (3, True, None)
    assert tiny_model("r3gan", gamma=2.0).settings()["gamma"] == 2
    published = [kind(tiny_generator(), tiny_critic(), LATENT_DIM).settings() for kind in (WGAN, WGANGP)]
    assert [(one["critic_steps"], one.get("clip_value"), one.get("penalty_weight")) for one in published] == [
        (5, 0.01, None),
        (5, None, 10),
    ]


# ---- the averaged generator


def test_the_average_follows_the_generator_and_leaves_the_training_alone():
    plain, averaging = (tiny_model(dense=True, ema_momentum=momentum) for momentum in (None, 0.75))
    assert plain.averaged is None
    expected = averaging.generator.get_weights()
    batches = RealImages(tiny_images().train, 4, 2, 5, 0, 3)
    for i in range(3):
        averaging.step_on(batches[i])
        plain.step_on(batches[i])
        now = averaging.generator.get_weights()
        expected = [old + 0.25 * (new - old) for old, new in zip(expected, now, strict=True)]
    for found, wanted in zip(averaging.averaged.get_weights(), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    for one, other in zip(averaging.generator.get_weights(), plain.generator.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)
    assert not {id(v) for v in averaging.trainable_variables} & {id(v) for v in averaging.averaged.weights}


# ---- generating


def test_latent_vectors_are_fixed_by_their_seed_and_standard_normal():
    latent = latent_vectors(500, 7, seed=1)
    assert (latent.shape, latent.dtype) == ((500, 7), np.float32)
    np.testing.assert_array_equal(latent[:10], latent_vectors(10, 7, seed=1))
    drawn = ops.convert_to_numpy(tiny_model(dense=True).draw_latent(2000))
    assert (latent.mean(), latent.std(), drawn.mean(), drawn.std()) == pytest.approx((0, 1, 0, 1), abs=0.05)


def test_generated_pixels_are_tanh_scaled_and_rounded_and_points_stay_as_they_are():
    class Fixed:
        def __call__(self, latent, training):
            assert training is False
            values = np.array([-1, -0.9961, 0, 0.003, 1], "float32").reshape(1, 1, 5, 1)
            return ops.convert_to_tensor(np.repeat(values, len(latent), axis=0))

    images = generate(Fixed(), np.zeros((3, 2), "float32"), batch_size=2)
    assert (images.shape, images.dtype) == ((3, 1, 5, 1), np.uint8)
    np.testing.assert_array_equal(images[2, 0, :, 0], [0, 0, 128, 128, 255])
    points = np.random.default_rng(0).normal(0, 3, (4, 2)).astype("float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(as_inputs(points)), points)


# ---- precision


@needs_bfloat16
@pytest.mark.parametrize("kind", ["gan", "wgangp", "r3gan"])
def test_every_model_trains_in_bfloat16_with_losses_in_float32(kind):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        networks = tiny_generator(), tiny_critic()
    finally:
        keras.config.set_dtype_policy("float32")
    model = MODELS[kind](*networks, LATENT_DIM, critic_steps=2, seed=5)
    model.compile(keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.RMSprop(1e-3))
    logs = model.step_on(step_data())
    assert {keras.backend.standardize_dtype(value.dtype) for value in logs.values()} == {"float32"}
    assert all(np.isfinite(number(value)) for value in logs.values())


@needs_bfloat16
def test_the_penalty_is_computed_in_float32_in_bfloat16_networks():
    """A linear critic with weights that bfloat16 holds exactly: (‖w‖ − 1)² to float32's digits, not bfloat16's 3."""
    critic = keras.Sequential([keras.Input((3,)), layers.Dense(1, dtype="mixed_bfloat16")])
    critic.set_weights([np.array([[1.5], [2.0], [0.25]]), np.zeros(1)])
    points = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    expected = (np.sqrt(1.5**2 + 2**2 + 0.25**2) - 1) ** 2
    assert number(losses.gradient_penalty(critic, points, -points, seed=1)) == pytest.approx(expected, rel=1e-6)
