"""Wrong answers to lesson 02's exercises, each with words of the message that must name the mistake."""

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
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for variable in critic.trainable_variables:
        if variable.name == "kernel":
            variable.assign(ops.clip(variable, -clip_value, clip_value))
""",
        "kernels and not the biases",
    ),
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for variable in critic.trainable_variables:
        if variable.name in ("kernel", "bias"):
            variable.assign(ops.clip(variable, 0.0, clip_value))
""",
        "the lower bound is −c",
    ),
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for variable in critic.trainable_variables:
        if variable.name in ("kernel", "bias"):
            variable.assign(ops.clip(variable, -0.01, 0.01))
""",
        "not −c and c",
    ),
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for variable in critic.trainable_variables:
        variable.assign(ops.clip(variable, -clip_value, clip_value))
""",
        "the scales of BatchNorm",
    ),
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for variable in critic.trainable_variables:
        if variable.name != "gamma":
            variable.assign(ops.clip(variable, -clip_value, clip_value))
""",
        "the offsets of BatchNorm",
    ),
    (
        "clip_weights",
        """
def clip_weights(critic, clip_value):
    for variable in critic.variables:
        if variable.name not in ("gamma", "beta"):
            variable.assign(ops.clip(variable, -clip_value, clip_value))
""",
        "BatchNorm's statistics",
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
        """
def critic_update(critic, optimizer, real, fake, clip_value):
    def loss():
        return ops.mean(critic(real)) - ops.mean(critic(fake)), {}
    value, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
    optimizer.apply(gradients, critic.trainable_variables)
    wu.losses.clip_weights(critic, clip_value)
    return float(value)
""",
        "sign of the critic's loss is turned",
    ),
    (
        "critic_update",
        """
def critic_update(critic, optimizer, real, fake, clip_value):
    def loss():
        return ops.mean(critic(fake)) - ops.mean(critic(real)), {}
    _, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
    optimizer.apply(gradients, critic.trainable_variables)
    wu.losses.clip_weights(critic, clip_value)
    return -float(loss()[0])
""",
        "of the updated critic",
    ),
    (
        "critic_update",
        """
def critic_update(critic, optimizer, real, fake, clip_value):
    def loss():
        return ops.mean(critic(fake)) - ops.mean(critic(real)), {}
    value, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
    optimizer.apply(gradients, critic.trainable_variables)
    wu.losses.clip_weights(critic, clip_value)
    return float(value)
""",
        "You returned the loss",
    ),
    (
        "critic_update",
        """
def critic_update(critic, optimizer, real, fake, clip_value):
    def loss():
        return (ops.mean(critic(fake)) - ops.mean(critic(real))) / 2, {}
    value, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
    optimizer.apply(gradients, critic.trainable_variables)
    wu.losses.clip_weights(critic, clip_value)
    return -float(value)
""",
        "not the difference of the means",
    ),
    (
        "critic_update",
        """
def critic_update(critic, optimizer, real, fake, clip_value):
    def loss():
        return ops.mean(critic(fake)) - ops.mean(critic(real)), {}
    wu.losses.clip_weights(critic, clip_value)
    value, _, gradients = wu.value_and_gradients(loss, critic.trainable_variables)
    optimizer.apply(gradients, critic.trainable_variables)
    return -float(value)
""",
        "clipped before the update",
    ),
]
