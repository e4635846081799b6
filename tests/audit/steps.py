"""Training steps for whichever backend runs, in parts: a planted bug has another of one part."""

import numpy as np
from keras import ops

from tests.audit.penalties import BACKEND, penalty

if BACKEND == "tensorflow":
    import tensorflow as tf

    def descend(network, optimizer, loss):
        with tf.GradientTape() as tape:
            value = loss()
        weights = network.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(value, weights), weights, strict=True))

    def assign(network, change, statistics=False):
        for v in network.variables if statistics else network.trainable_variables:
            v.assign(change(v.value))

elif BACKEND == "torch":
    import torch

    def descend(network, optimizer, loss, zero_grad=True):
        if zero_grad:
            optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    def assign(network, change, statistics=False):
        with torch.no_grad():
            for v in [*network.parameters(), *(network.buffers() if statistics else [])]:
                v.copy_(change(v))

else:
    import jax

    def descend(network, optimizer, loss):
        before = network.params

        def of(params):
            network.params = params
            return loss()

        updates, _ = optimizer.update(jax.grad(of)(before), optimizer.init(before), before)
        network.params = jax.tree.map(lambda p, u: p + u, before, updates)

    def assign(network, change):
        network.params = jax.tree.map(change, network.params)


class Step:
    """A right step of a WGAN-GP."""

    turns, weight, clip = "cccccg", 10.0, None

    def __call__(self, generator, critic, generator_optimizer, critic_optimizer, next_real):
        self.generator, self.critic, self.next_real, self.batch = generator, critic, next_real, None
        self.optimizers = {"generator": generator_optimizer, "critic": critic_optimizer}
        for turn in self.turns:
            self.update_generator() if turn == "g" else self.update_critic(self.real())
        return getattr(generator, "params", None), getattr(critic, "params", None)

    def real(self):
        return self.next_real()

    def fake(self, **options):
        latents = np.random.normal(size=(4, 7)).astype("float32")  # noqa: NPY002
        return self.generator(ops.convert_to_tensor(latents), **options)

    def update_critic(self, real):
        fake = ops.stop_gradient(self.fake())
        self.descend("critic", lambda: self.critic_loss(real, fake))
        self.clamp()

    def clamp(self, **options):
        if self.clip:
            assign(self.critic, lambda v: ops.clip(v, -self.clip, self.clip), **options)

    def update_generator(self):
        self.descend("generator", lambda: self.generator_loss(self.fake()))

    def descend(self, network, loss, **options):
        descend(getattr(self, network), self.optimizers[network], loss, **options)

    def critic_loss(self, real, fake):
        return self.difference(real, fake) + self.penalty(real, fake)

    def difference(self, real, fake):
        return self.score(fake) - self.score(real)

    def score(self, images):
        return ops.mean(self.critic(images))

    def penalty(self, real, fake):
        return self.weight * penalty()(self.critic, real, fake) if self.weight else 0.0

    def generator_loss(self, fake):
        return -self.score(fake)


def step(**parts):
    return type("Other", (Step,), parts)()


def in_one_pass(self, real, fake):
    return ops.mean(self.critic(ops.concatenate([real, fake])) * ops.convert_to_tensor([[-2.0]] * 4 + [[2.0]] * 4))


def clipped_before(self, real):
    self.clamp()
    fake = ops.stop_gradient(self.fake())
    self.descend("critic", lambda: self.critic_loss(real, fake))


def in_turn(self, real):
    fake = ops.stop_gradient(self.fake())
    self.descend("critic", lambda: -self.score(real) + self.penalty(real, fake))
    self.descend("critic", lambda: self.score(fake))


def one_batch(self):
    self.batch = self.next_real() if self.batch is None else self.batch
    return self.batch


def critic_s_loss_to_the_generator(self, real):
    Step.update_critic(self, real)
    self.descend("generator", lambda: self.difference(real, self.fake()))


def generator_s_loss_to_the_critic(self):
    Step.update_generator(self)
    self.descend("critic", lambda: self.generator_loss(self.fake()))


def penalty_elsewhere(self, real, fake):
    self.penalty(real, fake)
    return self.difference(real, fake)


CLIP = {"clip": 0.01, "weight": None}
RIGHT = {  # steps, or (step, settings)
    "WGAN-GP": step(),
    "λ = 3": (step(weight=3.0), {"weight": 3.0}),
    "one critic update": (step(turns="cg"), {"critic_steps": 1}),
    "WGAN": (step(**CLIP), CLIP),
    "no bound at all": (step(weight=None), {"weight": None}),
    "under ascent": step(critic_loss=lambda self, *x: -(-self.difference(*x) - self.penalty(*x))),
    "in one pass": step(difference=in_one_pass),
}
WRONG = {  # what has to be found → steps, or (step, settings)
    "critic_updates": [step(turns="cg"), step(turns="g")],
    "critic_sign": step(difference=lambda self, real, fake: self.score(real) - self.score(fake)),
    "critic_scale": step(difference=lambda self, *images: 4 * Step.difference(self, *images)),
    "critic_half": [step(difference=lambda self, real, fake: self.score(fake)), step(update_critic=in_turn)],
    "critic_unknown": step(critic_loss=lambda self, real, fake: ops.mean(self.critic(real) ** 3)),
    "critic_moved": step(update_generator=generator_s_loss_to_the_critic),
    "same_batch": step(real=one_batch),
    "same_latents": step(fake=lambda self: self.generator(ops.ones((4, 7)))),
    "penalty_missing": step(critic_loss=penalty_elsewhere),
    "penalty_sign": step(critic_loss=lambda self, *images: self.difference(*images) - self.penalty(*images)),
    "penalty_weight": step(weight=100.0),
    "clip_missing": (step(weight=None), CLIP),
    "clip_before": (step(update_critic=clipped_before, **CLIP), CLIP),
    "generator_updates": [step(turns="cgcgcgcgcg"), step(turns="ccccc")],
    "generator_early": step(turns="gccccc"),
    "generator_sign": step(generator_loss=lambda self, fake: self.score(fake)),
    "generator_sums": step(generator_loss=lambda self, fake: -ops.sum(self.critic(fake))),
    "generator_unknown": step(generator_loss=lambda self, fake: ops.mean(fake)),
    "generator_moved": step(update_critic=critic_s_loss_to_the_generator),
}
if BACKEND != "jax":
    WRONG["statistics_clipped"] = step(clamp=lambda self: Step.clamp(self, statistics=True), **CLIP), CLIP
if BACKEND == "torch":

    def in_eval(self):
        self.generator.eval()
        return Step.fake(self)

    WRONG["step_mode"] = step(fake=in_eval)
    WRONG["gradients_kept"] = step(descend=lambda self, *given: Step.descend(self, *given, zero_grad=False))
if BACKEND == "tensorflow":
    WRONG["step_mode"] = step(fake=lambda self: Step.fake(self, training=False))
