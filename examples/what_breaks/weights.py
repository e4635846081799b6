"""Bugs in what happens to the weights: clipping, freezing, saving."""

import warnings

import keras
import numpy as np
from keras import layers, ops

import wgan_utils as wu
from examples.what_breaks.toy import Measured, network, train_critic, two_clouds
from wgan_utils import labs
from wgan_utils.gan.backend import compiled

CLIP = 0.01


def measure_clip_everything(wrong: bool, updates: int = 100) -> Measured:
    """Train clipped critics; the wrong ones have BatchNorm, with its scales left free, or clipped as all the rest."""
    clouds = two_clouds(200)
    points = np.concatenate(clouds)

    def trained(batch_norm: bool, everything: bool = False) -> tuple[np.ndarray, tuple[float, float]]:
        keras.utils.set_random_seed(0)
        critic = network(2, 1, middle=(lambda: layers.BatchNormalization(momentum=0.0),) if batch_norm else ())

        def after(step: int) -> float | None:
            if everything:
                critic.set_weights([np.clip(w, -CLIP, CLIP) for w in critic.get_weights()])
            else:
                wu.losses.clip_weights(critic, CLIP)
            if (step + 1) % 5:
                return None
            critic(points, training=True)  # without momentum the running averages are these points' own
            return float(np.median(np.linalg.norm(labs.gradients(critic, points), axis=1)))

        optimizer = wu.paper_rmsprop(1e-3)
        norms = np.array(train_critic(critic, lambda step: clouds, updates, 0.0, after, optimizer)[4::5])
        first, second = (float(critic(batch, training=True)[0, 0]) for batch in (points, points[:200]))
        return norms, (first, second)

    if wrong:
        found = {"BatchNorm, scales free": trained(True), "BatchNorm, all clipped": trained(True, True)}
    else:
        found = {"no BatchNorm": trained(False)}
    bound = CLIP**3 * np.sqrt((2 * 32) * (32 * 32) * (32 * 1))  # of each layer: c times the root of inputs · outputs
    norms, scores = ({name: pair[i] for name, pair in found.items()} for i in range(2))
    return {"gradient norm": norms, "score in two batches": scores, "bound": bound}


def check_clip_everything(measured: Measured) -> None:
    """A clipped critic scores each image by itself, whatever else is in the batch."""
    for name, (first, second) in measured["score in two batches"].items():
        assert np.isclose(first, second, rtol=1e-3, atol=0), f"BatchNorm is in your clipped critic ({name})."


def measure_clip_before(wrong: bool, learning_rate: float = 1e-3) -> Measured:
    """Train a clipped critic for 60 updates; the wrong order clips first and updates then."""
    keras.utils.set_random_seed(0)
    critic = network(2, 1)
    clouds = two_clouds(128)
    wu.losses.clip_weights(critic, CLIP)

    def largest() -> float:
        return max(float(ops.max(ops.abs(v))) for v in critic.trainable_variables)

    def after(step: int) -> float:
        if wrong:
            seen = largest()  # what the generator will be trained against
            wu.losses.clip_weights(critic, CLIP)  # and only then the next update's clipping
            return seen
        wu.losses.clip_weights(critic, CLIP)
        return largest()

    found = train_critic(critic, lambda step: clouds, 60, 0.0, after, keras.optimizers.RMSprop(learning_rate))
    return {"largest weight": np.array(found)}


def check_clip_before(measured: Measured) -> None:
    """Whenever the critic is used, every weight lies within ±c."""
    within = measured["largest weight"].max() <= CLIP * (1 + 1e-6)
    assert within, "Your critic leaves its bounds: clip after the update, not before it."


def measure_frozen(wrong: bool) -> Measured:
    """Train a critic for 20 updates; the wrong way is the recipe of Keras 2: freeze it, compile GAN, train it."""
    keras.utils.set_random_seed(0)
    real, fake = two_clouds(64)
    critic, generator = network(2, 1), network(2, 2)
    before = [np.array(w) for w in critic.get_weights()]

    def moved(step: int = 0) -> float:
        changes = [np.abs(now - then).sum() for now, then in zip(critic.get_weights(), before, strict=True)]
        return float(sum(changes))

    if not wrong:
        return {"moved": np.array(train_critic(critic, lambda step: (real, fake), 20, after=moved))}
    critic.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=lambda label, score: -ops.mean(label * score))
    critic.trainable = False  # "for the combined model only", as it once was
    keras.Sequential([generator, critic]).compile(optimizer="rmsprop", loss="mse")
    path = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras says so, once, among much else
        for _ in range(20):
            critic.train_on_batch(real, np.ones((64, 1)))
            critic.train_on_batch(fake, -np.ones((64, 1)))
            path.append(moved())
    return {"moved": np.array(path)}


def check_frozen(measured: Measured) -> None:
    """The critic's weights change in the critic's update."""
    assert measured["moved"][-1] > 0, "Your critic does not learn: trainable = False holds for its own updates too."


def measure_forgotten(wrong: bool, half: int = 60) -> Measured:
    """Stop a WGAN-GP halfway and go on; the wrong checkpoint holds the two networks' weights alone."""

    def make() -> wu.WGANGP:
        keras.utils.set_random_seed(0)
        model = wu.WGANGP(network(4, 2), network(2, 1), latent_dim=4, critic_steps=2, penalty_weight=1.0)
        model.compile(*(keras.optimizers.Adam(2e-3, beta_1=0.5, beta_2=0.9) for _ in range(2)))
        return model

    def go(model: wu.WGANGP, first: int, last: int) -> list[float]:
        batches = wu.RealImages(labs.toys.ring_of_gaussians(2000), 64, 2, 0, 0, last)
        one_step = compiled(lambda points: model.step_on((points,)))
        logs = [one_step(ops.convert_to_tensor(batches[step][0])) for step in range(first, last)]
        return [-float(log["critic_loss"]) for log in logs]

    unbroken, stopped, resumed = make(), make(), make()
    whole = go(unbroken, 0, 2 * half)
    begun = go(stopped, 0, half)
    if wrong:
        for new, old in ((resumed.generator, stopped.generator), (resumed.critic, stopped.critic)):
            new.set_weights(old.get_weights())
    else:
        state = (*stopped.variables, *stopped.optimizer.variables)
        for new, old in zip((*resumed.variables, *resumed.optimizer.variables), state, strict=True):
            new.assign(old)
    return {"whole": np.array(whole), "resumed": np.array(begun + go(resumed, half, 2 * half))}


def check_forgotten(measured: Measured) -> None:
    """A resumed training is the training that was never stopped."""
    same = np.allclose(measured["whole"], measured["resumed"], rtol=1e-4, atol=1e-5)
    assert same, "Your checkpoint forgets something: optimizers' moments, random state or the place in the data."
