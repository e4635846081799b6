"""Check of the lab on critics: the one-sided penalty."""

from keras import ops

from wgan_utils.exercises.answers import Answer, compare, loss


def exercise_1(one_sided_penalty: Answer) -> str:
    """Gradient norms whose excess over 1 is −1, −0.5, 0.5, 2 and 3."""
    norms = ops.convert_to_tensor([0.0, 0.5, 1.5, 3.0, 4.0])
    right = (0.25 + 4 + 9) / 5
    mistakes = {
        "This is the two-sided penalty: a norm below 1 costs nothing.": (1 + 0.25 + 0.25 + 4 + 9) / 5,
        "You punish norms below 1: take what lies above.": (1 + 0.25) / 5,
        "Square the excess of each norm.": 5.5 / 5,
        "Square first, then take the mean.": (5.5 / 5) ** 2,
        "Take the mean over all norms, those below 1 included.": (0.25 + 4 + 9) / 3,
        "Take the mean, not the sum.": 0.25 + 4 + 9,
        "Subtract 1 before you square: (norm − 1)².": (1.25 + 8 + 15) / 5,
    }
    penalty = loss(one_sided_penalty(norms))
    compare(penalty, right, mistakes, f"Your penalty is {penalty:.4f}, not the mean of max(0, norm − 1)².")
    return "Right: what lies above 1 is squared, and what lies below costs nothing."
