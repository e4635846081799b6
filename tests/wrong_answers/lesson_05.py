"""Wrong answers to lesson 05's exercises: the function, the answer, words of the message it gets."""


def penalty(result: str) -> str:
    """A penalty whose gradient is right and whose result is not."""
    return f"def zero_centred(critic, images):\n    g = wu.input_gradient(critic, images)\n    return {result}\n"


def losses(name: str, critic_loss: str, generator_loss: str) -> str:
    """Two losses of scores r and f."""
    return f"def {name}(r, f):\n    return {critic_loss}, {generator_loss}\n"


SUM = "ops.sum(ops.square(g), axis=(1, 2, 3))"
PAIR = "ops.mean(ops.softplus(f - r))", "ops.mean(ops.softplus(r - f))"
HINGE = "ops.mean(ops.relu(1 - r)) + ops.mean(ops.relu(1 + f))", "-ops.mean(f)"
WRONG = [
    ("zero_centred", penalty(f"ops.mean({SUM})"), "R1 has a factor ½"),
    ("zero_centred", penalty(f"ops.mean(ops.sqrt({SUM})) / 2"), "the slope, not its square"),
    ("zero_centred", penalty(f"ops.mean(ops.square(ops.sqrt({SUM}) - 1)) / 2"), "R1 wants slope 0, not 1"),
    ("zero_centred", penalty("ops.mean(ops.square(g)) / 2"), "You took a mean over pixels"),
    ("zero_centred", penalty("ops.mean(ops.square(g))"), "sum them, and halve that"),
    ("zero_centred", penalty(f"{SUM} / 2"), "take the mean over the batch"),
    ("zero_centred", penalty(f"ops.sum({SUM}) / 2"), "Your sum runs over the batch"),
    ("zero_centred", penalty(f"2 * ops.mean({SUM})"), "A slope of 3 costs 3²/2"),
    ("zero_centred", penalty(f"ops.square(ops.mean(ops.sqrt({SUM}))) / 2"), "Square each image's slope"),
    ("relativistic", losses("relativistic", *PAIR[::-1]), "The signs are turned"),
    ("relativistic", losses("relativistic", PAIR[0], "ops.sum(ops.softplus(r - f))"), "Take the mean over pairs"),
    (
        "relativistic",
        losses("relativistic", "ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f))", PAIR[1]),
        "Only differences count",
    ),
    (
        "relativistic",
        losses("relativistic", "ops.softplus(ops.mean(f) - ops.mean(r))", PAIR[1]),
        "Subtract pair by pair",
    ),
    (
        "relativistic",
        losses("relativistic", PAIR[0], "ops.softplus(ops.mean(r) - ops.mean(f))"),
        "Subtract pair by pair",
    ),
    ("relativistic", losses("relativistic", PAIR[0], "ops.mean(r) - ops.mean(f)"), "Two alike cost"),
    ("relativistic", losses("relativistic", PAIR[0], "ops.mean(ops.relu(r - f))"), "Two alike cost"),
    ("relativistic", losses("relativistic", PAIR[0], "ops.mean(ops.softplus(r))"), "Only differences count"),
    ("hinge", losses("hinge", HINGE[0], "ops.mean(ops.relu(-f))"), "a score above 0 counts"),
    (
        "hinge",
        losses("hinge", "ops.relu(1 - ops.mean(r)) + ops.relu(1 + ops.mean(f))", HINGE[1]),
        "relu first, then the mean",
    ),
    ("hinge", losses("hinge", HINGE[0], "ops.mean(f)"), "The generator's sign is turned"),
    ("hinge", losses("hinge", HINGE[0], "ops.mean(ops.relu(1 - f))"), "The generator has no margin"),
    ("hinge", losses("hinge", HINGE[0], "-ops.sum(f)"), "The generator pays its negative mean score"),
    ("hinge", losses("hinge", "ops.mean(1 - r) + ops.mean(1 + f)", HINGE[1]), "No relu"),
    ("hinge", losses("hinge", "ops.mean(ops.relu(1 + r)) + ops.mean(ops.relu(1 - f))", HINGE[1]), "signs are turned"),
    ("hinge", losses("hinge", "ops.mean(ops.relu(-r)) + ops.mean(ops.relu(f))", HINGE[1]), "The margin is 1, not 0"),
    ("hinge", losses("hinge", "ops.mean(ops.relu(2 - r)) + ops.mean(ops.relu(2 + f))", HINGE[1]), "pays 1, not 2"),
]
