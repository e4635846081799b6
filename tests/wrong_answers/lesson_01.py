"""Wrong answers to lesson 01's exercises: the function, the answer, words of the message it gets."""

GENERATOR = "def logits_generator_loss(fake_logits):\n    return "
DISCRIMINATOR = """
def smooth_discriminator_loss(real_logits, fake_logits, label=0.9):
    yes, no = ops.softplus(-real_logits), ops.softplus(real_logits)
    """
STEP = """
def simultaneous_step(gan, real, z):
    def judge_loss():
        logits = gan.critic(real), gan.critic(gan.generator(z))
        return wu.losses.gan_discriminator_loss(*logits), {{}}

    def novice_loss():
        return {loss}, {{}}

    judge, novice = gan.critic.trainable_variables, gan.generator.trainable_variables
    {body}
"""
LOSS = "wu.losses.gan_generator_loss(gan.critic(gan.generator(z)))"
JUDGE = "gan.optimizer.apply(wu.value_and_gradients(judge_loss, judge, gan.variables)[2], judge)"
NOVICE = "gan.generator_optimizer.apply(wu.value_and_gradients(novice_loss, novice, gan.variables)[2], novice)"
R1 = "def r1_penalty(discriminator, real):\n    gradient = wu.input_gradient(discriminator, real)\n    return "

WRONG = [
    ("logits_generator_loss", GENERATOR + "ops.mean(ops.softplus(fake_logits))", "generator's loss is turned"),
    ("logits_generator_loss", GENERATOR + "ops.mean(ops.log1p(ops.exp(-fake_logits)))", "Your loss overflows at −100."),
    ("logits_generator_loss", GENERATOR + "-ops.mean(ops.softplus(fake_logits))", "is yours log(1 − D)"),
    ("logits_generator_loss", GENERATOR + "ops.sum(ops.softplus(-fake_logits))", "or a sum?"),
    (
        "smooth_discriminator_loss",
        DISCRIMINATOR + "return label * ops.mean(yes) + ops.mean(ops.softplus(fake_logits)) + 1 - label",
        "The label 0.9 is not used rightly.",
    ),
    (
        "smooth_discriminator_loss",
        DISCRIMINATOR + "return ops.mean(label * no + (1 - label) * yes) + ops.mean(ops.softplus(fake_logits))",
        "With label 1 it is not the lesson's loss.",
    ),
    (
        "smooth_discriminator_loss",
        DISCRIMINATOR
        + "fake = label * ops.softplus(fake_logits) + (1 - label) * ops.softplus(-fake_logits)\n"
        + "    return ops.mean(label * yes + (1 - label) * no) + ops.mean(fake)",
        "You smooth the label of generated images too.",
    ),
    (
        "smooth_discriminator_loss",
        DISCRIMINATOR
        + "fake = ops.log1p(ops.exp(fake_logits))\n"
        + "    return ops.mean(label * yes + (1 - label) * no) + ops.mean(fake)",
        "The discriminator's loss overflows.",
    ),
    ("simultaneous_step", STEP.format(loss=LOSS, body=f"{JUDGE}\n    {NOVICE}"), "Your step alternates."),
    ("simultaneous_step", STEP.format(loss=LOSS, body=f"{NOVICE}\n    {JUDGE}"), "after its update."),
    ("simultaneous_step", STEP.format(loss=LOSS, body=JUDGE), "Your generator does not move."),
    ("simultaneous_step", STEP.format(loss=f"-{LOSS}", body=f"{NOVICE}"), "generator's loss is turned"),
    ("r1_penalty", R1 + "ops.mean(ops.sum(ops.square(gradient), axis=0))", "is 9 for every image"),
    ("r1_penalty", R1 + "ops.sum(ops.square(gradient))", "Your sum runs over the batch."),
    ("r1_penalty", R1 + "ops.mean(ops.square(gradient))", "Your mean runs over the pixels."),
    (
        "r1_penalty",
        R1 + "ops.mean(ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3))))",
        "R1 squares the norm: no root.",
    ),
    (
        "r1_penalty",
        R1 + "ops.mean((ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3))) - 1) ** 2)",
        "is WGAN-GP's penalty",
    ),
    ("r1_penalty", R1 + "2 * ops.mean(ops.sum(ops.square(gradient), axis=(1, 2, 3)))", "is 9 for every image"),
    (
        "r1_penalty",
        "def r1_penalty(discriminator, real):\n"
        "    gradient = wu.input_gradient(discriminator, ops.zeros_like(real))\n"
        "    return ops.mean(ops.sum(ops.square(gradient), axis=(1, 2, 3)))",
        "Not at the real images.",
    ),
]
