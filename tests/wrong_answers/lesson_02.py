"""Wrong answers to lesson 02's exercises."""

import numpy as np
from keras import ops

from tests.wrong_answers.steps import Step, wrong_steps


def within(v, c):
    return ops.clip(v, -c, c)


def at_bounds(critic, c):
    return [np.abs(w) >= c for w in critic.get_weights()]


def clip(chosen=lambda v: True, clipped=within, share=lambda at: np.mean(np.concatenate([w.ravel() for w in at]))):
    def clip_weights(critic, clip_value):
        for v in filter(chosen, critic.weights):
            v.assign(clipped(v, clip_value))
        return share(at_bounds(critic, clip_value))

    return clip_weights


def counting(count):
    """The share of weights that `count(weights, c)` finds, after clipping."""

    def clip_weights(critic, clip_value):
        clip()(critic, clip_value)
        return np.mean(count(np.concatenate([w.ravel() for w in critic.get_weights()]), clip_value))

    return clip_weights


def share_before(critic, clip_value):
    share = np.mean(np.concatenate([w.ravel() == clip_value for w in critic.get_weights()]))
    clip()(critic, clip_value)
    return share


BOUNDS = {
    "lower bound 0": lambda v, c: ops.clip(v, 0.0, c),
    "fixed bounds": lambda v, c: ops.clip(v, -0.01, 0.01),
    "no upper bound": lambda v, c: ops.maximum(v, -c),
    "no lower bound": lambda v, c: ops.minimum(v, c),
    "signs": lambda v, c: c * ops.sign(v),
}


def early(self, real):
    fake = self.fake(real)
    self.clip(self.critic.trainable_variables)
    return {"critic_loss": self.descend("critic", lambda: self.critic_loss(real, fake))}


def clipped_by(clipped):
    def clip(self, weights):
        for v in weights:
            v.assign(clipped(v, self.clip_value))

    return clip


def wgan(**parts):
    return type("Answer", (Step,), parts)


WRONG = {
    "02.2": {
        "first layers alone": clip(lambda v: "dense" not in v.path),
        "kernels alone": clip(lambda v: v.name == "kernel"),
        "scales left": clip(lambda v: v.name != "gamma"),
        "offsets left": clip(lambda v: v.name != "beta"),
        "not assigned": clip(lambda v: False),
        **{name: clip(clipped=bound) for name, bound in BOUNDS.items()},
        "nothing returned": clip(share=lambda at: None),
        "no number": clip(share=lambda at: [1.0, 0.0]),
        "mean of shares": clip(share=lambda at: np.mean([w.mean() for w in at])),
        "count": clip(share=lambda at: sum(w.sum() for w in at)),
        "per cent": clip(share=lambda at: 100 * np.mean(np.concatenate([w.ravel() for w in at]))),
        "last layer": clip(share=lambda at: at[-2].mean()),
        "not at the bounds": [counting(lambda w, c: abs(w) > c), share_before],
        "inside": counting(lambda w, c: abs(w) < c),
        "upper bound alone": counting(lambda w, c: w >= c),
    },
    "02.3": {
        **wrong_steps(Step),
        "not clipped": wgan(clip=lambda self, weights: None),
        "kernels alone": wgan(clip=lambda self, weights: Step.clip(self, [v for v in weights if v.name == "kernel"])),
        "last layer left": wgan(clip=lambda self, weights: Step.clip(self, weights[:-2])),
        **{name: wgan(clip=clipped_by(bound)) for name, bound in BOUNDS.items()},
        "clipped before": wgan(update_critic=early),
    },
}
