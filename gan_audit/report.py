"""What was found, in sentences."""

from typing import Any

PENALTY = {
    # where the gradient is taken
    "not_asked": "The penalty never asks the critic that it is given.",
    "unwatched": "There is no gradient of the scores for x̂: ask the critic at the very tensor that you differentiate "
    "for, and let the framework watch it first (`requires_grad_()`, `tape.watch`).",
    "at_real": "The penalty is taken at real images alone: go between, by ε.",
    "at_fake": "The penalty is taken at generated images alone: go between, by ε.",
    "epsilon_fixed": "ε is always {epsilon:.2f}: draw it from U(0, 1).",
    "epsilon_repeats": "The ε are the same at each call: draw new ones (no fixed seed or key inside).",
    "epsilon_shared": "There is one ε for the whole batch: draw one for each image.",
    "epsilon_per_pixel": "There is more than one ε an image: draw one for each, of the shape (n, 1, 1, 1).",
    "epsilon_outside": "ε leaves [0, 1], from {low:.2f} to {high:.2f}: draw it from U(0, 1), not from N(0, 1).",
    "epsilon_not_uniform": "ε is not uniform: of {count} drawn, half are below {median:.2f} and all lie between "
    "{low:.2f} and {high:.2f}. Draw it from U(0, 1).",
    "off_the_line": "The points do not lie between a real and a generated image: x̂ = ε·real + (1 − ε)·fake.",
    "behind": "The gradient is taken for the images that x̂ is made of: differentiate for x̂ itself.",
    # of what the norm is
    "norm_batch": "The norm runs over the batch axis: take one norm for each image, over all axes but the first.",
    "norm_all": "There is one norm for the whole batch: take one for each image.",
    "norm_channels": "The norm runs over the channels alone: add up height and width, too.",
    "norm_axes": "The norm leaves out axes of the image: add up over all axes but the first.",
    "norm_missing": "There is no norm: each entry of the gradient is compared with 1 by itself.",
    "norm_squared": "The norm lacks its root: ‖∇‖² is compared with 1.",
    "norm_l1": "The norm adds absolute values: take the root of the sum of squares.",
    "norm_mean": "The norm has a mean in place of the sum of squares: it is too small by the root of an image's size.",
    "mean_score": "The gradient is of the scores' mean, smaller by the batch's size: differentiate their sum.",
    # what it costs
    "one_sided": "Norms below 1 cost nothing: take (‖∇‖ − 1)², or say one_sided=True if you want that.",
    "two_sided": "Norms below 1 cost something, though you say one_sided=True.",
    "mean_first": "The square comes after the mean: take the mean of (‖∇‖ − 1)².",
    "not_squared": "The deviation ‖∇‖ − 1 is not squared.",
    "absolute": "The deviation's absolute value is taken: square it.",
    "zero_centred": "The norm is held at 0, not at 1: (‖∇‖ − 1)².",
    "sum": "The penalty is a sum over the batch: take the mean.",
    "no_mean": "The penalty has the shape {shape}, not one number: take the mean.",
    "weight": "The penalty is {factor:.4g}·E[(‖∇‖ − 1)²], where {weight:.4g} is expected. If that is your λ, say "
    "weight={factor:.4g}, and do not multiply by it again.",
    "weight_twice": "λ is multiplied in twice: the penalty is λ²·E[(‖∇‖ − 1)²].",
    "negative": "The penalty is negative: it is to be minimised with the critic's loss.",
    "cost": "The penalty is not E[(‖∇‖ − 1)²], nor any known wrong one: {paid:.4g} in place of {right:.4g}.",
    # what it teaches
    "detached": "The penalty has no gradient for the critic's weights and teaches nothing: `create_graph=True` in "
    "PyTorch, the inner tape within the outer one in TensorFlow; no `detach`, `item`, `float`, NumPy.",
    "detached_in_part": "The gradient for the critic's weights is not that of the penalty: a part of it is detached.",
    "root": "At a constant critic the penalty or its gradient is not finite, since the root has an infinite slope at "
    "0: add 1e-12 inside the root.",
    # how it treats the critic
    "mode": "The penalty asks the critic in inference mode, or leaves it there: another function than gives the scores.",
    "graph_kept": "Something keeps x̂ alive after the call, and so its whole graph: memory grows with every step.",
    "gradients_left": "The penalty leaves gradients in the critic's `.grad`: use `torch.autograd.grad`.",
    "images_changed": "The penalty overwrites the images that it is given.",
    # one's own critic
    "cross_talk": "Your critic's score of one image depends on the others (BatchNorm does that): there is no gradient at "
    "an image that a penalty could hold. Use LayerNorm, or none.",
    "dropout": "Your critic gives one image different scores at each pass (dropout): the penalty holds another function.",
    "bounded": "Your critic's scores stay within [−1, 1] whatever its weights: leave out the last activation.",
}

STEP = {
    # the critic
    "critic_still": "The critic's weights never move.",
    "critic_updates": "The critic is updated {updates} times a step, not {wanted} times.",
    "critic_moved": "The generator's update moves the critic, too.",
    "critic_mode": "The critic is asked in inference mode while it is trained.",
    "critic_sign": "The sign of the critic's loss is turned: it lowers the scores of real images.",
    "critic_sums": "The critic's loss has sums over the batch: take means.",
    "critic_scale": "The critic's loss has {factor:.3g} times the difference of the mean scores.",
    "critic_no_real": "An update of the critic goes without real images: make one of real and generated ones.",
    "critic_no_fake": "An update of the critic goes without generated images: make one of real and generated ones.",
    "critic_unknown": "The critic does not move along the gradient of its loss, nor of any of the wrong ones known here.",
    "gradients_kept": "Gradients of earlier updates are added in: `zero_grad()` before each `backward()`.",
    "same_batch": "Several updates of the critic see one batch of real images: draw a new one for each.",
    "same_latents": "Several updates of the critic see the same latent vectors: draw new ones for each.",
    "penalty_missing": "The gradient penalty does not reach the critic's weights: it is left out of the loss, or detached.",
    "penalty_sign": "The penalty's sign is turned: subtract it only where the critic's loss is maximised.",
    "penalty_weight": "The penalty acts as if λ were {paid:.3g}, not {weight:.3g}.",
    "clip_missing": "The critic's weights are not clipped.",
    "clip_before": "The weights are clipped before the update: the generator meets a critic beyond the bound.",
    "statistics_clipped": "What the critic holds besides weights (BatchNorm's statistics) is clipped, too.",
    # the generator
    "generator_still": "The generator's weights never move.",
    "generator_updates": "The generator is updated {updates} times: once a step, after all of the critic's.",
    "generator_moved": "The critic's updates move the generator, too, down the critic's loss.",
    "generator_mode": "Images are generated in inference mode (`predict`, `eval`): as by another function.",
    "generator_sign": "The sign of the generator's loss is turned: it lowers its own scores.",
    "generator_sums": "The generator's loss has a sum over the batch: take the mean.",
    "generator_first": "The generator is updated before the critic.",
    "generator_stale": "The generator answers the critic as it was before its last update.",
    "generator_unknown": "The generator does not move up the critic's scores.",
}


class Report:
    """What an audit has found: false where that is nothing; `found` has the bugs' ids; prints as sentences."""

    def __init__(self, of: str, sentences: dict[str, str]) -> None:
        self.of, self.sentences = of, sentences
        self.said: dict[str, str] = {}

    def add(self, bug: str, **numbers: Any) -> None:
        """Note a bug, once."""
        self.said.setdefault(bug, self.sentences[bug].format(**numbers))

    @property
    def found(self) -> list[str]:
        """The ids of the bugs."""
        return list(self.said)

    def __bool__(self) -> bool:
        return bool(self.said)

    def __str__(self) -> str:
        if not self.said:
            return f"{self.of}: none of {len(self.sentences)} known faults is found."
        return "\n".join(f"{self.of}: {text} [{bug}]" for bug, text in self.said.items())

    __repr__ = __str__
