"""Wrong answers to lesson 02's exercises."""

from keras import ops

import wgan_utils as wu


def clip(chosen=lambda v: v.name in ("kernel", "bias"), clipped=lambda v, c: ops.clip(v, -c, c)):
    def clip_weights(critic, clip_value):
        for v in filter(chosen, critic.weights):
            v.assign(clipped(v, clip_value))

    return clip_weights


def update(actions="update clip", factor=1, returned=lambda before, after: -before):
    def critic_update(critic, optimizer, real, fake, clip_value):
        def loss():
            return factor * (ops.mean(critic(fake)) - ops.mean(critic(real))), {}

        before, weights = loss()[0], critic.trainable_variables
        for action in actions.split():
            if action == "clip":
                wu.losses.clip_weights(critic, clip_value)
            else:
                optimizer.apply(wu.value_and_gradients(loss, weights)[2], weights)
        return returned(before, loss()[0])

    return critic_update


WRONG = {
    "02.2": {
        "convolutions alone": clip(lambda v: "conv" in v.path and v.name in ("kernel", "bias")),
        "kernels alone": clip(lambda v: v.name == "kernel"),
        "lower bound 0": clip(clipped=lambda v, c: ops.clip(v, 0.0, c)),
        "fixed bounds": clip(clipped=lambda v, c: ops.clip(v, -0.01, 0.01)),
        "not assigned": clip(lambda v: False),
        "no upper bound": clip(clipped=lambda v, c: ops.maximum(v, -c)),
        "no lower bound": clip(clipped=lambda v, c: ops.minimum(v, c)),
        "signs": clip(clipped=lambda v, c: c * ops.sign(v)),
        "scales": clip(lambda v: True),
        "offsets": clip(lambda v: v.name != "gamma"),
        "statistics": clip(lambda v: v.name not in ("gamma", "beta")),
    },
    "02.3": {
        "two updates": update("update update clip"),
        "no update": update("clip"),
        "sign": update(factor=-1, returned=lambda before, after: before),
        "nothing returned": update(returned=lambda before, after: None),
        "estimate afterwards": update(returned=lambda before, after: -after),
        "loss returned": update(returned=lambda before, after: before),
        "halved": update(factor=0.5),
        "clipped first": update("clip update"),
    },
}
