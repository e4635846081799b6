"""Wrong answers to lesson 02's exercises."""

import numpy as np
from keras import ops

from tests.wrong_answers.steps import Step, made_of, wrong_steps


def at(w, c):
    return abs(w) >= c


def among_all(count):
    return lambda layers, c: np.mean(count(np.concatenate(layers), c))


right = among_all(at)


def clip(chosen=lambda v: True, clipped=lambda v, c: ops.clip(v, -c, c), share=right):
    def clip_weights(critic, clip_value):
        for v in filter(chosen, critic.weights):
            v.assign(clipped(v, clip_value))
        return share([w.ravel() for w in critic.get_weights()], clip_value)

    return clip_weights


BOUNDS = {
    "lower bound 0": lambda v, c: ops.clip(v, 0.0, c),
    "fixed bounds": lambda v, c: ops.clip(v, -0.01, 0.01),
    "no upper bound": lambda v, c: ops.maximum(v, -c),
    "no lower bound": lambda v, c: ops.minimum(v, c),
    "signs": lambda v, c: c * ops.sign(v),
}


def clipped_by(bound):
    return lambda self, weights: [v.assign(bound(v, self.clip_value)) for v in weights]


def early(self, real):
    fake = self.fake(real)
    self.clip(self.critic.trainable_variables)
    self.descend("critic", lambda: self.critic_loss(real, fake))


def late(self, real):
    fake = self.fake(real)
    self.descend("critic", lambda: self.critic_loss(real, fake))


def clip_once(self, real):
    self.clip(self.critic.trainable_variables)
    Step.update_generator(self, real)


def swapped(self, real, fake):
    self.means = self.score(real), self.score(fake)
    return self.means[1] - self.means[0]


wgan = made_of(Step)
WRONG = {
    "02.2": {
        "first layers alone": clip(lambda v: "dense" not in v.path),
        "kernels alone": clip(lambda v: v.name == "kernel"),
        "scales left": clip(lambda v: v.name != "gamma"),
        "offsets left": clip(lambda v: v.name != "beta"),
        "not assigned": clip(lambda v: False),
        **{name: clip(clipped=bound) for name, bound in BOUNDS.items()},
        "nothing returned": clip(share=lambda layers, c: None),
        "no number": clip(share=lambda layers, c: [1.0, 0.0]),
        "mean of shares": clip(share=lambda layers, c: np.mean([at(w, c).mean() for w in layers])),
        "count": clip(share=lambda layers, c: sum(at(w, c).sum() for w in layers)),
        "per cent": clip(share=lambda layers, c: 100 * right(layers, c)),
        "last layer": clip(share=lambda layers, c: at(layers[-2], c).mean()),
        "beyond": [
            clip(share=among_all(lambda w, c: abs(w) > c)),
            clip(share=among_all(lambda w, c: abs(w.astype("float64")) == c)),
        ],
        "inside": clip(share=among_all(lambda w, c: abs(w) < c)),
        "upper bound alone": clip(share=among_all(lambda w, c: w >= c)),
    },
    "02.3": {
        **wrong_steps(wgan),
        "not clipped": wgan(clip=lambda self, weights: None),
        "kernels alone": wgan(clip=lambda self, weights: Step.clip(self, [v for v in weights if v.name == "kernel"])),
        "last layer left": wgan(clip=lambda self, weights: Step.clip(self, weights[:-2])),
        **{name: wgan(clip=clipped_by(bound)) for name, bound in BOUNDS.items()},
        "clipped before": wgan(update_critic=early),
        "scores swapped": wgan(
            difference=swapped,
            logs=lambda self, real: {"real_score": self.means[1], "fake_score": self.means[0], "generator_loss": 0.0},
        ),
        "clipped once": wgan(update_critic=late, update_generator=clip_once),
        "generator clipped": wgan(
            clip=lambda self, weights: Step.clip(self, weights + self.generator.trainable_variables)
        ),
    },
}
