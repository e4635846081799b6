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
        for _ in range(self.critic_steps):
            self.update_critic(self.next_real())
        self.update_generator()

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
        return self.weight * penalty()(self.critic, real, fake) if self.weight else 0.0

    def generator_loss(self, fake):
        return -score(self.critic, fake)


def step(**parts):
    return type("Other", (Step,), parts)()


def in_one_pass(self, real, fake):
    return ops.mean(self.critic(ops.concatenate([real, fake])) * ops.convert_to_tensor([[-2.0]] * 4 + [[2.0]] * 4))


def clipped_before(self, real):
    self.clamp()
    fake = held(self.fake())
    self.descend("critic", lambda: self.critic_loss(real, fake))


def in_turn(self, real):
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
    for _ in range(self.critic_steps):
        self.update_critic(self.next_real())


def generator_each_time(self):
    for _ in range(self.critic_steps):
        self.update_critic(self.next_real())
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


CLIP = {"clip": 0.01, "weight": None}
RIGHT = {  # (step, settings)
    "WGAN-GP": (step(), {}),
    "λ = 3": (step(weight=3.0), {"weight": 3.0}),
    "one critic update": (step(critic_steps=1), {"critic_steps": 1}),
    "eight": (step(critic_steps=8), {"critic_steps": 8}),
    "WGAN": (step(**CLIP), CLIP),
    "WGAN, c = .1": (step(clip=0.1, weight=None), {"clip": 0.1, "weight": None}),
    "no bound at all": (step(weight=None), {"weight": None}),
    "under ascent": (step(critic_loss=lambda self, *x: -(-self.difference(*x) - self.penalty(*x))), {}),
    "in one pass": (step(difference=in_one_pass), {}),
}
WRONG = {  # what has to be found → a step, or (step, settings)
    "critic_updates": [step(critic_steps=1), step(update_critic=lambda self, real: None)],
    "critic_sign": step(difference=lambda self, real, fake: score(self.critic, real) - score(self.critic, fake)),
    "critic_scale": step(difference=lambda self, *images: 4 * Step.difference(self, *images)),
    "critic_half": [step(difference=lambda self, real, fake: score(self.critic, fake)), step(update_critic=in_turn)],
    "critic_unknown": step(critic_loss=lambda self, real, fake: ops.mean(self.critic(real) ** 3)),
    "critic_moved": step(update_generator=generator_s_loss_to_the_critic),
    "same_batch": step(run=one_batch),
    "same_latents": step(latents=lambda self: ops.ones((4, 7))),
    "penalty_missing": step(update_critic=penalty_elsewhere),
    "penalty_sign": step(critic_loss=lambda self, *images: self.difference(*images) - self.penalty(*images)),
    "penalty_weight": step(weight=100.0),
    "clip_missing": (step(weight=None), CLIP),
    "clip_before": (step(update_critic=clipped_before, **CLIP), CLIP),
    "generator_updates": [step(run=generator_each_time), step(update_generator=lambda self: None)],
    "generator_early": step(run=generator_first),
    "generator_sign": step(generator_loss=lambda self, fake: score(self.critic, fake)),
    "generator_sums": step(generator_loss=lambda self, fake: -ops.sum(self.critic(fake))),
    "generator_unknown": step(generator_loss=lambda self, fake: ops.mean(fake)),
    "generator_moved": step(update_critic=critic_s_loss_to_the_generator),
}
if BACKEND != "jax":
    clips_all = step(clamp=lambda self: Step.clamp(self, statistics=True), **CLIP)
    WRONG["statistics_clipped"] = clips_all, CLIP
if BACKEND == "torch":

    def without_zero_grad(self, network, loss):
        loss().backward()
        self.optimizers[network].step()

    def in_eval(self):
        self.generator.eval()
        images = Step.fake(self)
        self.generator.train()
        return images

    WRONG["gradients_kept"] = step(descend=without_zero_grad)
    WRONG["step_mode"] = step(fake=in_eval)
if BACKEND == "tensorflow":
    WRONG["step_mode"] = step(fake=lambda self: self.generator(self.latents(), training=False))
