"""A right step of a WGAN, in parts; a wrong answer has another of one part."""

import keras
import numpy as np
import tensorflow as tf

import wgan_utils as wu

LOGGED = "real_score", "fake_score", "gradient_penalty", "discriminator_loss", "generator_loss"


class Step(wu.AdversarialModel):
    clip_value = 0.01

    def order(self):
        """A letter for each update, of the critic or of the generator."""
        return "c" * self.critic_steps + "g"

    def step(self, real):
        i = 0
        for player in self.order():
            if player == "c":
                self.update_critic(self.batch(real, i))
                i += 1
            else:
                self.update_generator(real[:, 0])
        return self.logs(real)

    def logs(self, real):
        return dict.fromkeys(LOGGED, 0.0)

    def batch(self, real, i):
        return real[:, i]

    def update_critic(self, real):
        fake = self.fake(real)
        self.descend("critic", lambda: self.critic_loss(real, fake))
        self.clip(self.critic.trainable_variables)

    def update_generator(self, real):
        self.descend("generator", lambda: self.generator_loss(real, self.fake(real)))

    def fake(self, real):
        return self.generator(self.draw_latent(len(real)), training=True)

    def score(self, images):
        return tf.reduce_mean(self.critic(images, training=True))

    def critic_loss(self, real, fake):
        return self.difference(real, fake)

    def difference(self, real, fake):
        return self.score(fake) - self.score(real)

    def generator_loss(self, real, fake):
        return -self.score(fake)

    def descend(self, network, loss_of, optimizer=None):
        with tf.GradientTape() as tape:
            loss = loss_of()
        self.apply(tape, loss, network, optimizer)

    def apply(self, tape, loss, network, optimizer=None):
        weights = getattr(self, network).trainable_variables
        getattr(self, f"{optimizer or network}_optimizer").apply(tape.gradient(loss, weights), weights)

    def clip(self, weights):
        for weight in weights:
            weight.assign(tf.clip_by_value(weight, -self.clip_value, self.clip_value))


def made_of(kind):
    """Make classes of one whose step is right, with other parts."""
    return lambda **parts: type("Answer", (kind,), parts)


def one_tape(loss, times):
    """A step whose generator moves by a loss on the critic's tape, in the last updates of the critic."""

    def step(self, real):
        for i in range(self.critic_steps):
            with tf.GradientTape(persistent=True) as tape:
                fake = self.fake(real[:, i])
                losses = {"critic": self.critic_loss(real[:, i], fake), "generator": self.generator_loss(real, fake)}
            self.apply(tape, losses["critic"], "critic")
            self.clip(self.critic.trainable_variables)
            if i >= self.critic_steps - times:
                self.apply(tape, losses[loss], "generator")
        return self.logs(real)

    return step


def clip_alone(self, real):
    self.clip(self.critic.trainable_variables)


def apart(self, real):
    self.descend("critic", lambda: -self.score(real))
    self.descend("critic", lambda: self.score(self.fake(real)))
    clip_alone(self, real)


def loss_before_tape(self, real):
    loss = self.critic_loss(real, self.fake(real))
    self.descend("critic", lambda: 1 * loss)


def images_before_tape(self, real):
    fake = self.fake(real)
    self.descend("generator", lambda: self.generator_loss(real, fake))


def critic_loss_to_the_generator_s_optimizer(self, real):
    self.descend("critic", lambda: self.difference(real, self.fake(real)), "generator")


def generator_loss_to(*names):
    return lambda self, real: self.descend(names[0], lambda: self.generator_loss(real, self.fake(real)), *names[1:])


def summed(self, images):
    return tf.reduce_sum(self.critic(images, training=True))


DRAWS = {
    "by NumPy": lambda self, n: tf.constant(np.random.default_rng().normal(size=(8, 2)), "float32"),
    "uniform": lambda self, n: keras.random.uniform((n, 2), seed=self.seed_generator),
    "too few": lambda self, n: self.draw_latent(self.latent_dim),
    "always the same": lambda self, n: keras.random.normal((n, 2), seed=0),
}


def fake(draw):
    return lambda self, real: self.generator(draw(self, real.shape[0]), training=True)


def wrong_steps(wrong):
    """Wrong steps of all lessons by their mistake, made of a class whose step is right."""
    return {
        "no class": lambda *networks, **settings: None,
        "no critic update": wrong(update_critic=clip_alone),
        "no generator update": wrong(update_generator=lambda self, real: None),
        "one critic update": wrong(order=lambda self: "cg"),
        "two critic updates for one": wrong(update_critic=apart),
        "generator first": wrong(order=lambda self: "g" + self.critic_steps * "c"),
        "generator each time": [wrong(order=lambda self: "cgcg"), wrong(step=one_tape("critic", 2))],
        "critic as it was": [wrong(step=one_tape(name, 1)) for name in ("critic", "generator")],
        "same real images": wrong(batch=lambda self, real, i: real[:, 0]),
        "real[i]": wrong(batch=lambda self, real, i: real[i]),
        "all at once": wrong(batch=lambda self, real, i: tf.reshape(real, (-1, *real.shape[2:]))),
        "not cut": wrong(batch=lambda self, real, i: real),
        "five updates": wrong(order=lambda self: "cccccg"),
        **{f"latent vectors {name}": wrong(fake=fake(draw)) for name, draw in DRAWS.items()},
        "generator not in training": wrong(fake=lambda self, real: self.generator(self.draw_latent(len(real)))),
        "critic not in training": wrong(score=lambda self, images: tf.reduce_mean(self.critic(images))),
        "no numbers": wrong(logs=lambda self, real: dict.fromkeys(LOGGED, real)),
        "nothing returned": wrong(logs=lambda self, real: None),
        "a name missing": wrong(logs=lambda self, real: {"generator_loss": 0.0}),
        "not compiled": wrong(logs=lambda self, real: dict.fromkeys(LOGGED, tf.reduce_mean(real).numpy())),
        "loss before the tape": wrong(update_critic=loss_before_tape),
        "images before the tape": wrong(update_generator=images_before_tape),
        "critic moved by the generator's loss": wrong(update_generator=generator_loss_to("critic")),
        "critic's optimizer": wrong(update_generator=generator_loss_to("generator", "critic")),
        "generator's optimizer": wrong(update_critic=critic_loss_to_the_generator_s_optimizer),
        "critic's sign": wrong(difference=lambda self, real, fake: self.score(real) - self.score(fake)),
        "critic's sums": wrong(difference=lambda self, real, fake: summed(self, fake) - summed(self, real)),
        "real images alone": wrong(difference=lambda self, real, fake: -self.score(real)),
        "generated images alone": wrong(difference=lambda self, real, fake: self.score(fake)),
        "generator's sign": wrong(generator_loss=lambda self, real, fake: self.score(fake)),
        "generator's sum": wrong(generator_loss=lambda self, real, fake: -summed(self, fake)),
    }
