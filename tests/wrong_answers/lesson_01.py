"""Wrong answers to lesson 01's exercises: the function, the answer, words of the message it gets."""

RIGHT = "ops.mean(label * yes + (1 - label) * no) + ops.mean(ops.softplus(fake_logits))"
SWAPPED = "ops.mean(no) + ops.mean(label * ops.softplus(-fake_logits) + (1 - label) * ops.softplus(fake_logits))"
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
BOTH = f"""judged = wu.value_and_gradients(judge_loss, judge, gan.variables)[2]
    {NOVICE}
    gan.optimizer.apply(judged, judge)"""
R1 = "def r1_penalty(discriminator, real):\n    gradient = wu.input_gradient(discriminator, real)\n    return "

WRONG = [
    ("logits_generator_loss", GENERATOR + "ops.mean(ops.softplus(fake_logits))", "generator's loss is turned"),
    ("logits_generator_loss", GENERATOR + "ops.mean(ops.log1p(ops.exp(-fake_logits)))", "Your loss overflows at −100."),
    ("logits_generator_loss", GENERATOR + "-ops.mean(ops.softplus(fake_logits))", "is yours log(1 − D)"),
    ("logits_generator_loss", GENERATOR + "ops.sum(ops.softplus(-fake_logits))", "or a sum?"),
    (
        "logits_generator_loss",
        GENERATOR + "ops.mean(0.9 * ops.softplus(-fake_logits) + 0.1 * ops.softplus(fake_logits))",
        "The generator's label stays 1.",
    ),
    ("logits_generator_loss", GENERATOR + "ops.softplus(-fake_logits)", "take the mean over the batch"),
    *[
        ("smooth_discriminator_loss", f"{DISCRIMINATOR}return {result}", words)
        for result, words in {
            f"({RIGHT}) / 2": "do not halve them",
            RIGHT.replace("ops.mean", "ops.sum"): "Take means over the batch",
            f"-({RIGHT})": "discriminator's loss is turned",
            RIGHT.replace("label", "0.9"): "use `label`",
            SWAPPED: "labels are swapped",
        }.items()
    ],
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
    ("simultaneous_step", STEP.format(loss=LOSS, body=NOVICE), "Your judge does not move"),
    ("simultaneous_step", STEP.format(loss=f"-{LOSS}", body=BOTH), "generator's loss is turned"),
    (
        "simultaneous_step",
        STEP.format(loss=LOSS, body=BOTH).replace("return wu.losses.gan_disc", "return -wu.losses.gan_disc"),
        "the judge's loss is turned",
    ),
    (
        "simultaneous_step",
        STEP.format(loss=LOSS, body=BOTH).replace("(*logits)", "(*logits[::-1])"),
        "The judge's gradient",
    ),
    ("simultaneous_step", STEP.format(loss=LOSS.replace("(z)", "(-z)"), body=BOTH), "The novice's gradient is another"),
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
    ("r1_penalty", R1 + "ops.mean(ops.sum(ops.square(gradient), axis=(1, 2, 3))) / 2", "no factor ½"),
    (
        "r1_penalty",
        R1 + "ops.mean(ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3)))) ** 2",
        "Square each image's norm",
    ),
    ("r1_penalty", R1 + "ops.sum(ops.square(ops.mean(gradient, axis=0)))", "Square before you take the mean"),
    ("r1_penalty", R1 + "ops.sum(ops.square(gradient), axis=(1, 2, 3))", "take the mean over the batch"),
    ("r1_penalty", R1 + "2 * ops.mean(ops.sum(ops.square(gradient), axis=(1, 2, 3)))", "is 9 for every image"),
    (
        "r1_penalty",
        "def r1_penalty(discriminator, real):\n"
        "    gradient = wu.input_gradient(discriminator, ops.zeros_like(real))\n"
        "    return ops.mean(ops.sum(ops.square(gradient), axis=(1, 2, 3)))",
        "Not at the real images.",
    ),
]
