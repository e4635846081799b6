"""A right step of a WGAN, in parts; a wrong answer has another of one part."""

import tensorflow as tf

import wgan_utils as wu


class Step(wu.AdversarialModel):
    clip_value = 0.01

    def step(self, real):
        for i in range(self.critic_steps):
            logs = self.update_critic(self.batch(real, i))
        self.update_generator(real[:, i])
        return logs

    def batch(self, real, i):
        return real[:, i]

    def update_critic(self, real):
        fake = self.fake(real)
        loss = self.descend("critic", lambda: self.critic_loss(real, fake))
        self.clip(self.critic.trainable_variables)
        return {"critic_loss": loss}

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
        return loss

    def apply(self, tape, loss, network, optimizer=None):
        weights = getattr(self, network).trainable_variables
        getattr(self, f"{optimizer or network}_optimizer").apply(tape.gradient(loss, weights), weights)

    def clip(self, weights):
        for weight in weights:
            weight.assign(tf.clip_by_value(weight, -self.clip_value, self.clip_value))


def once(self, real):
    logs = self.update_critic(real[:, 0])
    self.update_generator(real[:, 0])
    return logs


def generator_first(self, real):
    self.update_generator(real[:, 0])
    for i in range(self.critic_steps):
        logs = self.update_critic(real[:, i])
    return logs


def generator_each_time(self, real):
    for i in range(self.critic_steps):
        logs = self.update_critic(real[:, i])
        self.update_generator(real[:, i])
    return logs


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
        return losses

    return step


def clip_alone(self, real):
    self.clip(self.critic.trainable_variables)
    return {"critic_loss": 0.0}


def apart(self, real):
    fake = self.fake(real)
    self.descend("critic", lambda: -self.score(real))
    self.descend("critic", lambda: self.score(fake))
    self.clip(self.critic.trainable_variables)
    return {"critic_loss": self.critic_loss(real, fake)}


def loss_before_tape(self, real):
    loss = self.critic_loss(real, self.fake(real))
    return {"critic_loss": self.descend("critic", lambda: 1 * loss)}


def images_before_tape(self, real):
    fake = self.fake(real)
    self.descend("generator", lambda: self.generator_loss(real, fake))


def generator_loss_to(network, optimizer=None):
    def update_generator(self, real):
        self.descend(network, lambda: self.generator_loss(real, self.fake(real)), optimizer)

    return update_generator


def summed(self, images):
    return tf.reduce_sum(self.critic(images, training=True))


def wrong_steps(kind):
    """Wrong steps of both lessons by their mistake, made of a class whose step is right."""
    parts = {
        "no critic update": {"update_critic": clip_alone},
        "no generator update": {"update_generator": lambda self, real: None},
        "one critic update": {"step": once},
        "two critic updates for one": {"update_critic": apart},
        "generator first": {"step": generator_first},
        "generator each time": [{"step": generator_each_time}, {"step": one_tape("generator", 3)}],
        "one loss": {"step": one_tape("critic", 3)},
        "critic's tape": {"step": one_tape("critic", 1)},
        "critic as it was": {"step": one_tape("generator", 1)},
        "same real images": [{"batch": lambda self, real, i, k=k: real[:, k]} for k in range(3)],
        "real[i]": {"batch": lambda self, real, i: real[i]},
        "loss before the tape": {"update_critic": loss_before_tape},
        "no generated images in the generator's tape": [
            {"update_generator": images_before_tape},
            {"generator_loss": lambda self, real, fake: -self.score(real)},
        ],
        "critic moved by the generator's loss": {"update_generator": generator_loss_to("critic")},
        "critic's optimizer": {"update_generator": generator_loss_to("generator", "critic")},
        "generator's optimizer": {
            "update_critic": lambda self, real: self.descend(
                "critic", lambda: self.difference(real, self.fake(real)), "generator"
            )
        },
        "critic's sign": {"difference": lambda self, real, fake: self.score(real) - self.score(fake)},
        "critic's sums": {"difference": lambda self, real, fake: summed(self, fake) - summed(self, real)},
        "real images alone": {"difference": lambda self, real, fake: -self.score(real)},
        "generated images alone": {"difference": lambda self, real, fake: self.score(fake)},
        "generator's sign": {"generator_loss": lambda self, real, fake: self.score(fake)},
        "generator's sum": {"generator_loss": lambda self, real, fake: -summed(self, fake)},
    }
    steps = {
        mistake: [type("Answer", (kind,), wrong) for wrong in (some if isinstance(some, list) else [some])]
        for mistake, some in parts.items()
    }
    return {"no class": lambda *networks, **settings: None, **steps}
