"""Wrong answers to lesson 02's exercises, each with words of the message that must name the mistake."""

from tests.wrong_answers.changed import changed

CLIP = """
def clip_weights(critic, clip_value):
    for variable in critic.trainable_variables:
        if variable.name in ("kernel", "bias"):
            variable.assign(ops.clip(variable, -clip_value, clip_value))
"""
UPDATE = """
def critic_update(critic, optimizer, real, fake, clip_value):
    def loss():
        return ops.mean(critic(fake)) - ops.mean(critic(real)), {}
    value, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
    optimizer.apply(gradients, critic.trainable_variables)
    wu.losses.clip_weights(critic, clip_value)
    return -float(value)
"""
CLIPPED = 'variable.name in ("kernel", "bias")'
LOSS = "ops.mean(critic(fake)) - ops.mean(critic(real))"
CLIPPING = "    wu.losses.clip_weights(critic, clip_value)\n"

WRONG = [
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for layer in critic.layers:
        if isinstance(layer, layers.Conv2D):
            layer.kernel.assign(ops.clip(layer.kernel, -clip_value, clip_value))
            layer.bias.assign(ops.clip(layer.bias, -clip_value, clip_value))
""",
        "a whole layer alone",
    ),
    ("clip_weights", changed(CLIP, (CLIPPED, 'variable.name == "kernel"')), "kernels and not the biases"),
    ("clip_weights", changed(CLIP, ("-clip_value", "0.0")), "the lower bound is −c"),
    ("clip_weights", changed(CLIP, ("-clip_value, clip_value", "-0.01, 0.01")), "not −c and c"),
    (
        "clip_weights",
        changed(CLIP, ("variable.assign(ops.clip(variable, -clip_value, clip_value))", "pass")),
        "`assign`",
    ),
    ("clip_weights", changed(CLIP, (", clip_value))", ", 1e9))")), "no upper bound"),
    ("clip_weights", changed(CLIP, ("-clip_value", "-1e9")), "no lower bound"),
    (
        "clip_weights",
        changed(CLIP, ("ops.clip(variable, -clip_value, clip_value)", "clip_value * ops.sign(variable)")),
        "A weight within the bounds stays",
    ),
    ("clip_weights", changed(CLIP, (CLIPPED, "True")), "the scales of BatchNorm"),
    ("clip_weights", changed(CLIP, (CLIPPED, 'variable.name != "gamma"')), "the offsets of BatchNorm"),
    (
        "clip_weights",
        changed(CLIP, ("trainable_variables", "variables"), (CLIPPED, 'variable.name not in ("gamma", "beta")')),
        "the statistics of BatchNorm",
    ),
    (
        "critic_update",
        """
def critic_update(critic, optimizer, real, fake, clip_value):
    total = 0.0
    for images, label in ((real, -1.0), (fake, 1.0)):
        def loss():
            return label * ops.mean(critic(images)), {}
        value, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
        optimizer.apply(gradients, critic.trainable_variables)
        total += float(value)
    wu.losses.clip_weights(critic, clip_value)
    return -total
""",
        "two updates",
    ),
    (
        "critic_update",
        changed(UPDATE, (LOSS, "ops.mean(critic(real)) - ops.mean(critic(fake))"), ("-float", "float")),
        "sign of the critic's loss is turned",
    ),
    (
        "critic_update",
        changed(UPDATE, ("    optimizer.apply(gradients, critic.trainable_variables)\n", "")),
        "no update",
    ),
    ("critic_update", changed(UPDATE, ("return -float(value)", "float(value)")), "returns nothing"),
    ("critic_update", changed(UPDATE, ("float(value)", "float(loss()[0])")), "of the updated critic"),
    ("critic_update", changed(UPDATE, ("-float", "float")), "You returned the loss"),
    ("critic_update", changed(UPDATE, (LOSS, f"({LOSS}) / 2")), "not the difference of the means"),
    (
        "critic_update",
        changed(UPDATE, (CLIPPING, ""), ("    value, ", f"{CLIPPING}    value, ")),
        "clipped before the update",
    ),
]
