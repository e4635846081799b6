"""The real images (or points) of each training step, as a function of the seed and the step alone."""

import keras
import numpy as np

from wgan_utils.errors import Refused


class RealImages(keras.utils.PyDataset):
    """Real images for `fit`; item i is step first_step + i's, of shape (batch, critic_steps, H, W, channels).

    Each pass over the images has a random order of its own and shows every image once, so that the critic's updates
    within a step see different images. An item depends on the seed and its step alone: a run continued at step k gets
    the batches it would have got without the break.

    Args:
        images: uint8 of shape (n, height, width, channels); or points, float32 of shape (n, dimensions).
        batch_size: images per critic update.
        critic_steps: critic updates per step.
        seed: integer.
        first_step: the step that item 0 belongs to.
        steps: number of items.
        mirror: mirror each image, left to right, with probability ½; for faces, never for digits.
    """

    def __init__(
        self,
        images: np.ndarray,
        batch_size: int,
        critic_steps: int,
        seed: int,
        first_step: int,
        steps: int,
        mirror: bool = False,
    ) -> None:
        super().__init__()
        if (images.dtype.name, images.ndim) not in (("uint8", 4), ("float32", 2)) or (mirror and images.ndim != 4):
            raise Refused(
                "Training images must be uint8 of shape (n, height, width, channels), or points, which can't be "
                f"mirrored, float32 of shape (n, dimensions); not {images.dtype} of shape {images.shape}."
            )
        self.images, self.batch_size, self.critic_steps = images, batch_size, critic_steps
        self.seed, self.first_step, self.steps, self.mirror = seed, first_step, steps, mirror
        self._order: tuple[int, np.ndarray] = (-1, np.empty(0, int))

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray]:
        per_step = self.critic_steps * self.batch_size
        start = (self.first_step + index) * per_step
        passes, places = np.divmod(np.arange(start, start + per_step), len(self.images))
        chosen = np.concatenate([self._order_of(int(n))[places[passes == n]] for n in np.unique(passes)])
        real = self.images[chosen]
        if self.mirror:
            turned = np.random.default_rng([self.seed, self.first_step + index, 1]).random(per_step) < 0.5
            real[turned] = real[turned, :, ::-1]
        return (real.reshape(self.batch_size, self.critic_steps, *self.images.shape[1:]),)

    def _order_of(self, pass_number: int) -> np.ndarray:
        if self._order[0] != pass_number:
            self._order = pass_number, np.random.default_rng([self.seed, pass_number]).permutation(len(self.images))
        return self._order[1]
