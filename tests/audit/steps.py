"""Training steps for whichever backend runs, in parts: a planted bug has another of one part."""

import keras
import numpy as np
from keras import ops

from tests.audit import shared

BACKEND = keras.backend.backend()
if BACKEND == "tensorflow":
    import tensorflow as tf

    def descend(network, optimizer, loss):
        with tf.GradientTape() as tape:
            value = loss()
        weights = network.trainable_variables
        optimizer.apply(tape.gradient(value, weights), weights)

    def assign(network, change, statistics=False):
        for v in network.variables if statistics else network.trainable_variables:
            v.assign(change(v.value))

    def held(value):
        return tf.stop_gradient(value)

elif BACKEND == "torch":
    import torch

    def descend(network, optimizer, loss):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    def assign(network, change, statistics=False):
        with torch.no_grad():
            for v in [*network.parameters(), *(network.buffers() if statistics else [])]:
                v.copy_(change(v))

    def held(value):
        return value.detach()

else:
    import jax

    def descend(network, optimizer, loss):
        before = network.params

        def of(params):
            network.params = params
            return loss()

        updates, _ = optimizer.update(jax.grad(of)(before), optimizer.init(before), before)
        network.params = jax.tree.map(lambda p, u: p + u, before, updates)

    def assign(network, change, statistics=False):
        network.params = jax.tree.map(change, network.params)

    held = jax.lax.stop_gradient


def score(critic, images):
    return ops.mean(critic(images))


class Step:
    """A right step of a WGAN-GP."""

    critic_steps, weight, clip = 5, 10.0, None

    def __call__(self, generator, critic, generator_optimizer, critic_optimizer, next_real):
        self.generator, self.critic, self.next_real = generator, critic, next_real
        self.optimizers = {"generator": generator_optimizer, "critic": critic_optimizer}
        self.run()
        return getattr(generator, "params", None), getattr(critic, "params", None)

    def run(self):
        for i in range(self.critic_steps):
            self.update_critic(self.real(i))
        self.update_generator()

    def real(self, i):
        return self.next_real()

    def latents(self):
        return ops.convert_to_tensor(np.random.normal(size=(4, 7)).astype("float32"))  # noqa: NPY002

    def fake(self):
        return self.generator(self.latents())

    def update_critic(self, real):
        fake = held(self.fake())
        self.descend("critic", lambda: self.critic_loss(real, fake))
        if self.clip:
            self.clamp()

    def clamp(self, **options):
        assign(self.critic, lambda v: ops.clip(v, -self.clip, self.clip), **options)

    def update_generator(self):
        self.descend("generator", lambda: self.generator_loss(self.fake()))

    def descend(self, network, loss):
        descend(getattr(self, network), self.optimizers[network], loss)

    def critic_loss(self, real, fake):
        return self.difference(real, fake) + self.penalty(real, fake)

    def difference(self, real, fake):
        return score(self.critic, fake) - score(self.critic, real)

    def penalty(self, real, fake):
        return self.weight * shared.penalty()(self.critic, real, fake) if self.weight else 0.0

    def generator_loss(self, fake):
        return -score(self.critic, fake)


def step(kind=Step, **parts):
    return type("Other", (kind,), parts)()


class Clipped(Step):
    clip, weight = 0.01, None


class ClippedBefore(Clipped):
    def update_critic(self, real):
        self.clamp()
        fake = held(self.fake())
        self.descend("critic", lambda: self.critic_loss(real, fake))


class Halves(Step):
    def update_critic(self, real):
        fake = held(self.fake())
        self.descend("critic", lambda: -score(self.critic, real) + self.penalty(real, fake))
        self.descend("critic", lambda: score(self.critic, fake))


def one_batch(self):
    real = self.next_real()
    for _ in range(self.critic_steps):
        self.update_critic(real)
    self.update_generator()


def generator_first(self):
    self.update_generator()
    for i in range(self.critic_steps):
        self.update_critic(self.real(i))


def critic_last(self):
    for i in range(self.critic_steps - 1):
        self.update_critic(self.real(i))
    self.update_generator()
    self.update_critic(self.real(self.critic_steps - 1))


def generator_each_time(self):
    for i in range(self.critic_steps):
        self.update_critic(self.real(i))
        self.update_generator()


def critic_s_loss_to_the_generator(self, real):
    Step.update_critic(self, real)
    self.descend("generator", lambda: score(self.critic, self.fake()) - score(self.critic, real))


def generator_s_loss_to_the_critic(self):
    Step.update_generator(self)
    latents = self.latents()
    self.descend("critic", lambda: self.generator_loss(self.generator(latents)))


def penalty_elsewhere(self, real):
    fake = held(self.fake())
    self.penalty(real, fake)
    self.descend("critic", lambda: self.difference(real, fake))


def in_one_pass(self, real, fake):
    return ops.mean(self.critic(ops.concatenate([real, fake])) * ops.convert_to_tensor([[-2.0]] * 4 + [[2.0]] * 4))


CLIP = {"clip": 0.01, "weight": None}
RIGHT = {
    "WGAN-GP": (step(), {}),
    "λ = 3": (step(weight=3.0), {"weight": 3.0}),
    "one critic update": (step(critic_steps=1), {"critic_steps": 1}),
    "eight": (step(critic_steps=8), {"critic_steps": 8}),
    "WGAN": (step(Clipped), CLIP),
    "WGAN, c = .1": (step(Clipped, clip=0.1), {"clip": 0.1, "weight": None}),
    "no bound at all": (step(weight=None), {"weight": None}),
    "under ascent, by signs": (
        step(critic_loss=lambda self, *images: -(-self.difference(*images) - self.penalty(*images))),
        {},
    ),
    "in one pass": (step(difference=in_one_pass), {}),
}
# name → (step, settings, what has to be found)
WRONG = {
    "critic updated once": (step(critic_steps=1), {}, "critic_updates"),
    "critic never": (step(update_critic=lambda self, real: None), {}, "critic_still"),
    "critic's sign": (
        step(difference=lambda self, real, fake: score(self.critic, real) - score(self.critic, fake)),
        {},
        "critic_sign",
    ),
    "critic's sums": (step(difference=lambda self, *images: 4 * Step.difference(self, *images)), {}, "critic_sums"),
    "half the difference": (
        step(difference=lambda self, *images: Step.difference(self, *images) / 2),
        {},
        "critic_scale",
    ),
    "real images missing": (step(difference=lambda self, real, fake: score(self.critic, fake)), {}, "critic_no_real"),
    "generated images missing": (
        step(difference=lambda self, real, fake: -score(self.critic, real)),
        {},
        "critic_no_fake",
    ),
    "real and generated in turn": (step(Halves), {}, "critic_no_fake"),
    "one batch": (step(run=one_batch), {}, "same_batch"),
    "one latent batch": (step(latents=lambda self: ops.ones((4, 7))), {}, "same_latents"),
    "penalty left out": (step(update_critic=penalty_elsewhere), {}, "penalty_missing"),
    "penalty detached": (step(penalty=lambda self, *images: held(Step.penalty(self, *images))), {}, "penalty_missing"),
    "penalty subtracted": (
        step(critic_loss=lambda self, *images: self.difference(*images) - self.penalty(*images)),
        {},
        "penalty_sign",
    ),
    "λ forgotten": (step(weight=1.0), {}, "penalty_weight"),
    "λ twice": (step(weight=100.0), {}, "penalty_weight"),
    "not clipped": (step(weight=None), CLIP, "clip_missing"),
    "clipped before": (step(ClippedBefore), CLIP, "clip_before"),
    "generator never": (step(update_generator=lambda self: None), {}, "generator_still"),
    "generator each time": (step(run=generator_each_time), {}, "generator_updates"),
    "generator first": (step(run=generator_first), {}, "generator_first"),
    "generator before the critic's last update": (step(run=critic_last), {}, "generator_stale"),
    "generator's sign": (step(generator_loss=lambda self, fake: score(self.critic, fake)), {}, "generator_sign"),
    "generator's sum": (step(generator_loss=lambda self, fake: -ops.sum(self.critic(fake))), {}, "generator_sums"),
    "generator moved by the critic's loss": (step(update_critic=critic_s_loss_to_the_generator), {}, "generator_moved"),
    "critic moved by the generator's loss": (step(update_generator=generator_s_loss_to_the_critic), {}, "critic_moved"),
}
if BACKEND != "jax":
    clips_all = step(Clipped, clamp=lambda self: Step.clamp(self, statistics=True))
    WRONG["statistics clipped"] = clips_all, CLIP, "statistics_clipped"
if BACKEND == "torch":

    class NoZeroGrad(Step):
        def descend(self, network, loss):
            loss().backward()
            self.optimizers[network].step()

    class OneZeroGrad(Step):
        """The critic's gradients from the generator's loss are still there at the next step."""

        def descend(self, network, loss):
            if network == "generator":
                self.optimizers[network].zero_grad()
            loss().backward()
            self.optimizers[network].step()

    WRONG["zero_grad forgotten"] = step(NoZeroGrad), {}, "gradients_kept"
    WRONG["the critic's zero_grad forgotten"] = step(OneZeroGrad), {}, "gradients_kept"

    def in_eval(self):
        self.generator.eval()
        images = Step.fake(self)
        self.generator.train()
        return images

    WRONG["generated in eval mode"] = step(fake=in_eval), {}, "generator_mode"
if BACKEND == "tensorflow":
    WRONG["generated by predict"] = (
        step(fake=lambda self: self.generator(self.latents(), training=False)),
        {},
        "generator_mode",
    )
