"""A right step of a WGAN, in parts; a wrong answer has another of one part."""

import tensorflow as tf

import wgan_utils as wu


class Step(wu.AdversarialModel):
    clip_value = 0.01

    def order(self):
        """A letter for each update, of the critic or of the generator."""
        return "c" * self.critic_steps + "g"

    def step(self, real):
        i = 0
        for player in self.order():
            if player == "c":
                logs = self.update_critic(self.batch(real, i))
                i += 1
            else:
                self.update_generator(real[:, 0])
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
        return losses

    return step


def clip_alone(self, real):
    self.clip(self.critic.trainable_variables)
    return {"critic_loss": 0.0}


def apart(self, real):
    self.descend("critic", lambda: -self.score(real))
    self.descend("critic", lambda: self.score(self.fake(real)))
    return clip_alone(self, real)


def loss_before_tape(self, real):
    loss = self.critic_loss(real, self.fake(real))
    return {"critic_loss": self.descend("critic", lambda: 1 * loss)}


def images_before_tape(self, real):
    fake = self.fake(real)
    self.descend("generator", lambda: self.generator_loss(real, fake))


def critic_loss_to_the_generator_s_optimizer(self, real):
    self.descend("critic", lambda: self.difference(real, self.fake(real)), "generator")


def generator_loss_to(*names):
    return lambda self, real: self.descend(names[0], lambda: self.generator_loss(real, self.fake(real)), *names[1:])


def summed(self, images):
    return tf.reduce_sum(self.critic(images, training=True))


def wrong_steps(wrong):
    """Wrong steps of all lessons by their mistake, made of a class whose step is right."""
    return {
        "no class": lambda *networks, **settings: None,
        "no critic update": wrong(update_critic=clip_alone),
        "no generator update": wrong(update_generator=lambda self, real: None),
        "one critic update": wrong(order=lambda self: "cg"),
        "two critic updates for one": wrong(update_critic=apart),
        "generator first": wrong(order=lambda self: "g" + self.critic_steps * "c"),
        "generator each time": [wrong(order=lambda self: "cgcgcg"), wrong(step=one_tape("generator", 3))],
        "one loss": wrong(step=one_tape("critic", 3)),
        "critic's tape": wrong(step=one_tape("critic", 1)),
        "critic as it was": wrong(step=one_tape("generator", 1)),
        "same real images": [wrong(batch=lambda self, real, i, k=k: real[:, k]) for k in range(3)],
        "real[i]": wrong(batch=lambda self, real, i: real[i]),
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
