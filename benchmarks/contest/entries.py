"""Who takes part, and what all of them train: plain data, read by either environment."""

from typing import NamedTuple


class Column(NamedTuple):
    """One training that everyone runs: a lesson's networks, losses and optimizers, with random pixels for images."""

    lesson: str  # "sevens" (WGAN with clipping, RMSProp) or "digits" (WGAN-GP, Adam)
    width: float
    batch_size: int
    critic_steps: int

    @property
    def title(self) -> str:
        """What stands at the column's head."""
        return f"{self.lesson}, width {self.width:g}"

    @property
    def clips(self) -> bool:
        """Whether the critic is kept Lipschitz by clipping; by the gradient penalty otherwise."""
        return self.lesson == "sevens"

    @property
    def latent_dim(self) -> int:
        """Length of a latent vector."""
        return 50 if self.lesson == "sevens" else 128


class Entry(NamedTuple):
    """One contestant: the module of `benchmarks.contest` that has it, and what that is told."""

    module: str
    options: dict[str, str | bool]


COLUMNS = (
    *(Column("sevens", width, batch_size=64, critic_steps=5) for width in (1, 0.5)),
    *(Column("digits", width, batch_size=64, critic_steps=3) for width in (1, 0.25)),
)
# Starting, training and the table, in seconds.
SMOKE = tuple(Column(lesson, 1 / 16, batch_size=2, critic_steps=1) for lesson in ("sevens", "digits"))

ENTRIES = {
    "ours, float32": Entry("with_wgan_utils", {"precision": "float32"}),
    "ours, mixed_bfloat16": Entry("with_wgan_utils", {"precision": "mixed_bfloat16"}),
    "Keras example's way": Entry("with_keras", {}),
    "PyTorch": Entry("with_pytorch", {"channels_last": False, "bfloat16": False}),
    "PyTorch, channels_last": Entry("with_pytorch", {"channels_last": True, "bfloat16": False}),
    "PyTorch, channels_last, bfloat16": Entry("with_pytorch", {"channels_last": True, "bfloat16": True}),
}

# As in the lessons: RMSProp's rate, the bound on a clipped weight; Adam's rate and β₁, β₂; the penalty's λ.
RMSPROP_RATE, CLIP_VALUE = 5e-5, 0.01
ADAM_RATE, ADAM_BETAS, PENALTY_WEIGHT = 2e-4, (0.5, 0.9), 10.0
IMAGES = 6265  # as many as MNIST has sevens; their pixels are random, since speed does not depend on them
