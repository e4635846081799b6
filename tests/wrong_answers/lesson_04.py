"""Wrong solutions of lesson 04's exercises, each with words of the message that its check must give."""

from tests.wrong_answers.changed import changed

PENALTY = """
def gradient_penalty(critic, real, fake, seed):
    epsilon = keras.random.uniform((real.shape[0], 1, 1, 1), seed=seed)
    between = epsilon * real + (1 - epsilon) * fake
    gradient = wu.input_gradient(critic, between)
    norms = ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3)) + 1e-12)
    return ops.mean(ops.square(norms - 1))
"""
LOSSES = """
def wasserstein_losses(real_scores, fake_scores):
    critic = ops.mean(fake_scores) - ops.mean(real_scores)
    generator = -ops.mean(fake_scores)
    return critic, generator
"""
BETWEEN = "epsilon * real + (1 - epsilon) * fake"
PER_IMAGE = "keras.random.uniform((real.shape[0], 1, 1, 1), seed=seed)"
WRONG = [
    (
        "gradient_penalty",
        changed(PENALTY, (PER_IMAGE, "keras.random.uniform((1, 1, 1, 1), seed=seed)")),
        "one ε for the whole batch",
    ),
    (
        "gradient_penalty",
        changed(PENALTY, (PER_IMAGE, "keras.random.uniform(real.shape, seed=seed)")),
        "one ε per pixel",
    ),
    (
        "gradient_penalty",
        changed(PENALTY, (PER_IMAGE, "keras.random.normal((real.shape[0], 1, 1, 1), seed=seed)")),
        "Your ε leaves [0, 1]",
    ),
    ("gradient_penalty", changed(PENALTY, ("axis=(1, 2, 3)", "axis=0")), "norm runs over the batch"),
    ("gradient_penalty", changed(PENALTY, (", axis=(1, 2, 3)", "")), "norm runs over the batch"),
    ("gradient_penalty", changed(PENALTY, ("ops.square(norms - 1)", "norms - 1")), "Square the deviations"),
    ("gradient_penalty", changed(PENALTY, (" + 1e-12", "")), "gradient at a constant critic is infinite"),
    (
        "gradient_penalty",
        changed(PENALTY, ("ops.square(norms - 1)", "ops.square(ops.relu(norms - 1))")),
        "A critic of slope 0 should pay 1",
    ),
    *[
        ("gradient_penalty", changed(PENALTY, (BETWEEN, points)), words)
        for points, words in {
            "epsilon * real": "are not the shares",
            "epsilon * real + epsilon * fake": "are not the shares",
            "epsilon * real + (1 + epsilon) * fake": "are not the shares",
            "epsilon * real - (1 - epsilon) * fake": "are not the shares",
            "real": "go between",
            "fake": "go between",
        }.items()
    ],
    (
        "gradient_penalty",
        changed(
            PENALTY,
            ("ops.square(norms - 1)", "norms"),
            ("return ops.mean(norms)", "return ops.square(ops.mean(norms) - 1)"),
        ),
        "Square each deviation",
    ),
    (
        "gradient_penalty",
        changed(
            PENALTY,
            (
                "ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3)) + 1e-12)",
                "ops.sum(ops.abs(gradient), axis=(1, 2, 3))",
            ),
        ),
        "A norm adds squares",
    ),
    ("gradient_penalty", changed(PENALTY, ("ops.sqrt(", "("), (" + 1e-12", "")), "A norm has a root"),
    (
        "gradient_penalty",
        changed(
            PENALTY, ("wu.input_gradient(critic, between)", "ops.convert_to_numpy(wu.input_gradient(critic, between))")
        ),
        "teaches nothing",
    ),
    (
        "gradient_penalty",
        changed(PENALTY, ("return ops.mean(ops.square(norms - 1))", "return ops.square(norms - 1)")),
        "take the mean over the batch",
    ),
    (
        "wasserstein_losses",
        changed(
            LOSSES, ("ops.mean(fake_scores) - ops.mean(real_scores)", "ops.mean(real_scores) - ops.mean(fake_scores)")
        ),
        "The sign of the critic's loss is turned",
    ),
    (
        "wasserstein_losses",
        changed(LOSSES, ("-ops.mean(fake_scores)\n", "ops.mean(fake_scores)\n")),
        "The sign of the generator's loss is turned",
    ),
    *[
        ("wasserstein_losses", changed(LOSSES, ("-ops.mean(fake_scores)\n", f"{generator}\n")), words)
        for generator, words in {
            "ops.mean(real_scores) - ops.mean(fake_scores)": "not the generator's",
            "-2 * ops.mean(fake_scores)": "Use means over the batch",
            "2 - ops.mean(fake_scores)": "minus the mean score of its images",
        }.items()
    ],
    (
        "wasserstein_losses",
        changed(
            LOSSES,
            (
                "ops.mean(fake_scores) - ops.mean(real_scores)",
                "-ops.abs(ops.mean(fake_scores) - ops.mean(real_scores))",
            ),
        ),
        "A reading may be negative",
    ),
    ("wasserstein_losses", changed(LOSSES, ("return critic, generator", "return critic")), "has to return 2 numbers"),
    ("wasserstein_losses", changed(LOSSES, ("ops.mean", "ops.sum")), "Use means over the batch"),
    (
        "wasserstein_losses",
        changed(LOSSES, ("- ops.mean(real_scores)", "- 2 * ops.mean(real_scores)")),
        "The critic's loss is minus its reading",
    ),
]
