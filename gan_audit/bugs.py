"""The known bugs: a sentence for each by its id, with its formula where it has one, and a report of those found."""

from collections.abc import Callable
from functools import partial
from typing import Any


def norm(xp: Any, g: Any, axes: Any = (1, 2, 3)) -> Any:
    """Return the root of the sum of squares of gradients (n, ...) over some of their axes; xp: NumPy or `keras.ops`."""
    return xp.sqrt(xp.sum(g**2, axis=tuple(axis for axis in axes if axis < len(g.shape))) + 1e-12)


# The right norm of gradients g, and the right cost of norms n, under ""; wrong ones under the bug's id.
NORMS: dict[str, tuple[str, Callable]] = {
    "": ("", norm),
    "norm_missing": ("Entries of the gradient are compared with 1, not one norm for each image.", lambda xp, g: g),
    "norm_squared": ("The squared norm is compared with 1. Take the root.", lambda xp, g: norm(xp, g) ** 2),
    "norm_mean": ("The root holds a mean of squares. Take their sum.", lambda xp, g: norm(xp, g) / norm(xp, g**0)),
    "mean_score": (
        "The gradient is that of the scores' mean. Take that of their sum.",
        lambda xp, g: norm(xp, g) / len(g),
    ),
}
SOME_AXES = [(0,), (0, 1, 2, 3), (1,), (2,), (3,), (1, 2), (1, 3), (2, 3)]
OVER = "The norm adds up over the axes {axes}. Take one norm for each image, over all axes but the first."
NORMS |= {f"norm_axes {axes}": (OVER, partial(norm, axes=axes)) for axes in SOME_AXES}
COSTS: dict[str, tuple[str, Callable]] = {
    "": ("", lambda xp, n: xp.mean((n - 1) ** 2)),
    "one_sided": (
        "Norms below 1 cost nothing. Take (‖∇‖ − 1)², or say one_sided=True if that is meant.",
        lambda xp, n: xp.mean(xp.maximum(n - 1, 0) ** 2),
    ),
    "mean_first": ("The mean is squared. Take the mean of (‖∇‖ − 1)².", lambda xp, n: (xp.mean(n) - 1) ** 2),
    "not_squared": ("The deviation ‖∇‖ − 1 is not squared.", lambda xp, n: xp.mean(n - 1)),
    "absolute": ("The absolute value of ‖∇‖ − 1 is taken. Square it.", lambda xp, n: xp.mean(xp.abs(n - 1))),
    "zero_centred": ("The norm is held at 0, not at 1. Take (‖∇‖ − 1)².", lambda xp, n: xp.mean(n**2)),
    "sum": ("The penalty is a sum over the batch. Take the mean.", lambda xp, n: xp.sum((n - 1) ** 2)),
}
PENALTY = {
    "not_asked": "The penalty never asks the critic that it is given for the scores of a batch.",
    "off_the_line": "x̂ does not lie between a real and a generated image. Take x̂ = ε·real + (1 − ε)·fake.",
    "epsilon_fixed": "ε is always {low:.2f} (1: at real images, 0: at generated ones). Draw it from U(0, 1).",
    "epsilon_shared": "One ε serves the whole batch. Draw one for each image, of the shape (n, 1, 1, 1).",
    "epsilon_per_pixel": "An image has more than one ε. Draw one for each image, of the shape (n, 1, 1, 1).",
    "epsilon_repeats": "Every call draws the same ε. Leave out the fixed seed or key.",
    "epsilon_not_uniform": "ε is not drawn from U(0, 1): half are below {median:.2f}, all in [{low:.2f}, {high:.2f}].",
    "two_sided": "Norms below 1 cost something, although you say one_sided=True.",
    "no_mean": "The penalty has the shape {shape} and is not one number. Take the mean.",
    "weight": "The penalty has the factor {factor:.4g}, not {weight:.4g}. If that is your λ, say weight={factor:.4g}.",
    "weight_twice": "λ is multiplied in twice: the penalty has the factor λ².",
    "negative": "The penalty is negative, so a critic that minimises its loss makes the norms worse.",
    "cost": "The penalty is {paid:.4g} where E[(‖∇‖ − 1)²] is {right:.4g}, and no bug known here explains it.",
    "detached": "The penalty has no gradient for the critic's weights, so it teaches nothing. PyTorch needs "
    "`create_graph=True`, TensorFlow the inner tape within the outer one, and both do without `detach` or NumPy.",
    "root": "At a constant critic the penalty or its gradient is not finite. Add 1e-12 inside the root of the norm.",
    "mode": "The penalty asks the critic in inference mode, or leaves it there. Leave it in training mode.",
    "graph_kept": "After the call x̂ is still alive, and so is its graph: memory will grow with every step.",
    "gradients_left": "The penalty adds to the critic's `.grad`. Use `torch.autograd.grad` in place of `backward`.",
    "cross_talk": "Your critic's score of an image depends on the others, as with BatchNorm. Use LayerNorm, or none.",
    "dropout": "Your critic scores an image differently at each pass, as with dropout. The penalty needs one function.",
    "bounded": "Your critic's scores stay within [−1, 1], even for huge images. Leave out the last activation.",
} | {bug.split()[0]: sentence for bug, (sentence, _) in (NORMS | COSTS).items() if bug}
STEP = {
    "critic_updates": "The critic is updated {updates}×, not {wanted}×, in a step.",
    "critic_moved": "The generator's loss moves the critic, too.",
    "critic_sign": "The sign of the critic's loss is turned: it lowers the scores of real images.",
    "critic_scale": "The critic's loss holds {factor:.3g}× the difference of the mean scores. Take means, not sums.",
    "critic_half": "An update of the critic goes without {missing} images. Make one of real and generated images.",
    "critic_unknown": "The critic's gradient is not that of its loss, nor of a wrong one known here.",
    "gradients_kept": "Gradients of earlier updates are added in. Call `zero_grad()` before each `backward()`.",
    "same_batch": "Several updates of the critic see one batch of real images. Draw a new one for each.",
    "same_latents": "Several updates of the critic see the same latent vectors. Draw new ones for each.",
    "penalty_missing": "The penalty does not reach the critic's weights: it is left out of the loss, or detached.",
    "penalty_sign": "The penalty's sign is turned. Subtract it only where the critic's loss is maximised.",
    "penalty_weight": "The penalty acts as if λ were {paid:.3g}, not {weight:.3g}.",
    "clip_missing": "The critic's weights are not clipped.",
    "clip_before": "The weights are clipped before the update, so the generator meets a critic beyond the bound.",
    "statistics_clipped": "What the critic holds besides weights, as BatchNorm's statistics, is clipped, too.",
    "step_mode": "The {name} is asked in inference mode (`predict`, `eval`) while it is trained.",
    "generator_updates": "The generator is updated {updates}×. Update it once, after all of the critic's updates.",
    "generator_moved": "The critic's loss moves the generator, too.",
    "generator_early": "The generator is updated before the critic's last update.",
    "generator_sign": "The sign of the generator's loss is turned: it lowers its own scores.",
    "generator_sums": "The generator's loss has a sum over the batch. Take the mean.",
    "generator_unknown": "The generator's gradient is not that of its loss, nor of a wrong one known here.",
}


class Report(dict[str, str]):
    """What an audit has found, a sentence by the bug's id: false where that is nothing; prints as sentences."""

    def __init__(self, audited: str, sentences: dict[str, str]) -> None:
        super().__init__()
        self.audited, self.sentences = audited, sentences

    def add(self, bugs: dict[str, Any], **numbers: Any) -> None:
        """Note the first of these bugs that is there, if one is."""
        for bug in [bug for bug, there in bugs.items() if there][:1]:
            self.setdefault(bug, self.sentences[bug].format(**numbers))

    @property
    def found(self) -> list[str]:
        """The ids of the bugs."""
        return list(self)

    def __str__(self) -> str:
        if not self:
            return f"{self.audited}: no known bug is found."
        return "\n".join(f"{self.audited}: {text} [{bug}]" for bug, text in self.items())

    __repr__ = __str__
