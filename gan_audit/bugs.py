"""The known bugs: a sentence for each by its id, the formulas of wrong penalties, and a report of those found."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

PENALTY = {
    "not_asked": "The penalty never asks the critic that it is given for the scores of a batch.",
    "at_real": "The gradient is taken at real images. Take it at x̂ = ε·real + (1 − ε)·fake.",
    "at_fake": "The gradient is taken at generated images. Take it at x̂ = ε·real + (1 − ε)·fake.",
    "off_the_line": "x̂ does not lie between a real and a generated image. Take x̂ = ε·real + (1 − ε)·fake.",
    "epsilon_fixed": "ε is always {low:.2f}. Draw it from U(0, 1).",
    "epsilon_shared": "One ε serves the whole batch. Draw one for each image, of the shape (n, 1, 1, 1).",
    "epsilon_per_pixel": "An image has more than one ε. Draw one for each image, of the shape (n, 1, 1, 1).",
    "epsilon_repeats": "Every call draws the same ε. Leave out the fixed seed or key.",
    "epsilon_not_uniform": "ε is not drawn from U(0, 1): half are below {median:.2f}, all in [{low:.2f}, {high:.2f}].",
    "norm_batch": "The norm adds up over the batch. Take one norm for each image, over all axes but the first.",
    "norm_all": "There is one norm for the whole batch. Take one for each image, over all axes but the first.",
    "norm_channels": "The norm adds up over the channels alone. Add up over height and width, too.",
    "norm_axes": "The norm leaves out axes of the image. Add up over all axes but the first.",
    "norm_missing": "There is no norm: each entry of the gradient is compared with 1. Take one norm for each image.",
    "norm_squared": "The squared norm is compared with 1. Take the root of the sum of squares.",
    "norm_l1": "The norm adds up absolute values. Take the root of the sum of squares.",
    "norm_mean": "The root of the norm holds a mean of squares. Take their sum.",
    "mean_score": "The gradient is that of the mean score, too small by the batch size. Differentiate the sum.",
    "one_sided": "Norms below 1 cost nothing. Take (‖∇‖ − 1)², or say one_sided=True if that is meant.",
    "two_sided": "Norms below 1 cost something, although you say one_sided=True.",
    "mean_first": "The square comes after the mean. Take the mean of (‖∇‖ − 1)².",
    "not_squared": "The deviation ‖∇‖ − 1 is not squared.",
    "absolute": "The absolute value of ‖∇‖ − 1 is taken. Take its square.",
    "zero_centred": "The norm is held at 0, not at 1. Take (‖∇‖ − 1)².",
    "sum": "The penalty is a sum over the batch. Take the mean.",
    "no_mean": "The penalty has the shape {shape} and is not one number. Take the mean.",
    "weight": "The penalty has the factor {factor:.4g}, not {weight:.4g}. If that is your λ, say weight={factor:.4g}.",
    "weight_twice": "λ is multiplied in twice: the penalty has the factor λ².",
    "negative": "The penalty is negative, so a critic that minimises its loss makes the norms worse.",
    "cost": "The penalty is {paid:.4g} where E[(‖∇‖ − 1)²] is {right:.4g}, and no bug known here explains it.",
    "detached": "The penalty has no gradient for the critic's weights and teaches nothing. {how}",
    "detached_in_part": "The gradient for the critic's weights is not that of the penalty: a part of it is detached.",
    "root": "At a constant critic the penalty or its gradient is not finite. Add 1e-12 inside the root of the norm.",
    "mode": "The penalty asks the critic in inference mode, or leaves it there. Leave it in training mode.",
    "graph_kept": "After the call x̂ is still alive, and so is its graph: memory will grow with every step.",
    "gradients_left": "The penalty adds to the critic's `.grad`. Use `torch.autograd.grad` in place of `backward`.",
    "cross_talk": "Your critic's score of an image depends on the others, as with BatchNorm. Use LayerNorm, or none.",
    "dropout": "Your critic scores an image differently at each pass, as with dropout. The penalty needs one function.",
    "bounded": "Your critic's scores stay within [−1, 1], even for huge images. Leave out the last activation.",
}
STEP = {
    "critic_still": "The critic is never updated.",
    "critic_updates": "The critic is updated {updates}×, not {wanted}×, in a step.",
    "critic_moved": "The generator's loss moves the critic, too.",
    "critic_mode": "The critic is asked in inference mode while it is trained.",
    "critic_sign": "The sign of the critic's loss is turned: it lowers the scores of real images.",
    "critic_scale": "The critic's loss holds {factor:.3g}× the difference of the mean scores. Take means, not sums.",
    "critic_no_real": "An update of the critic goes without real images. Make one of real and generated images.",
    "critic_no_fake": "An update of the critic goes without generated images. Make one of real and generated images.",
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
    "generator_still": "The generator is never updated.",
    "generator_updates": "The generator is updated {updates}×. Update it once, after all of the critic's updates.",
    "generator_moved": "The critic's loss moves the generator, too.",
    "generator_mode": "Images are generated in inference mode (`predict`, `eval`), as by another function.",
    "generator_early": "The generator is updated before the critic's last update.",
    "generator_sign": "The sign of the generator's loss is turned: it lowers its own scores.",
    "generator_sums": "The generator's loss has a sum over the batch. Take the mean.",
    "generator_unknown": "The generator's gradient is not that of its loss, nor of a wrong one known here.",
}


def norm(xp: Any, g: Any, axes: Any = (1, 2, 3)) -> Any:
    """Return the root of the sum of squares of gradients (n, ...) over some of their axes; xp: NumPy or `keras.ops`."""
    axes = axes and tuple(axis for axis in axes if axis < len(g.shape))
    return xp.sqrt(xp.sum(g**2, axis=axes) + 1e-12)


# Of gradients (n, ...), and of norms (n,): right by "", wrong by a bug's id and, after a blank, what tells them apart.
NORMS: dict[str, Callable] = {
    "": norm,
    "norm_batch": partial(norm, axes=(0,)),
    "norm_all": partial(norm, axes=None),
    "norm_missing": lambda xp, g: g,
    "norm_squared": lambda xp, g: norm(xp, g) ** 2,
    "norm_l1": lambda xp, g: xp.sum(xp.abs(g), axis=tuple(range(1, len(g.shape)))),
    "norm_mean": lambda xp, g: norm(xp, g) / np.prod(g.shape[1:]) ** 0.5,
    "mean_score": lambda xp, g: norm(xp, g) / len(g),
    **{f"norm_axes {axes}": partial(norm, axes=axes) for axes in ((1,), (2,), (3,), (1, 2), (1, 3), (2, 3))},
}
COSTS: dict[str, Callable] = {
    "": lambda xp, n: xp.mean((n - 1) ** 2),
    "one_sided": lambda xp, n: xp.mean(xp.maximum(n - 1, 0) ** 2),
    "mean_first": lambda xp, n: (xp.mean(n) - 1) ** 2,
    "not_squared": lambda xp, n: xp.mean(n - 1),
    "absolute": lambda xp, n: xp.mean(xp.abs(n - 1)),
    "zero_centred": lambda xp, n: xp.mean(n**2),
    "sum": lambda xp, n: xp.sum((n - 1) ** 2),
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
            return f"{self.audited}: none of {len(self.sentences)} known bugs is found."
        return "\n".join(f"{self.audited}: {text} [{bug}]" for bug, text in self.items())

    __repr__ = __str__
