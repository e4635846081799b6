"""What the page "Asked" measures of augmentation: points in the plane that their discriminator sees turned.

python -m scripts.web.augmented
"""

from typing import Any

import keras
import numpy as np
from keras import ops

import wgan_utils as wu
from examples.what_breaks.toy import network
from scripts.web.measured import SEEDS, store, table
from wgan_utils import labs

ROUNDS = 1000
ARMS = {  # what is augmented: the share of points that are turned, and whether generated ones are, too
    "nothing": (0.0, True),
    "real points only, 3 of 4": (0.75, False),
    "both, 3 of 4": (0.75, True),
    "both, 3 of 8": (0.375, True),
}


class Augmented(wu.R1GAN):
    """A GAN with R1 of points in the plane, of which a share is turned by 90°, 180° or 270° before it is scored."""

    share, of_generated = 0.0, True

    def turn(self, some: Any) -> Any:
        """Turn a share of the points by a random multiple of 90°."""
        n = ops.shape(some)[0]
        quarters = ops.cast(keras.random.randint((n,), 1, 4, seed=self.seed_generator), "float32")
        turned = keras.random.uniform((n,), seed=self.seed_generator) < self.share
        angle = ops.where(turned, quarters, 0.0) * (np.pi / 2)
        x, y = some[:, 0], some[:, 1]
        return ops.stack([ops.cos(angle) * x - ops.sin(angle) * y, ops.sin(angle) * x + ops.cos(angle) * y], axis=1)

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Compare points that are turned."""
        return super().critic_loss(self.turn(real), self.turn(fake) if self.of_generated else fake)

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Let the generator learn through the turn."""
        return super().loss_of_generated(self.turn(fake) if self.of_generated else fake)


def leak() -> str:
    """Count the generated points that came out turned, for each arm and seed."""
    real = np.random.default_rng(0).normal((2, 0), 0.2, (5000, 2)).astype("float32")
    rows = []
    for name, (share, of_generated) in ARMS.items():
        model = Augmented(network(4, 2, 64), network(2, 1, 64), 4, gamma=0.3)
        model.share, model.of_generated = share, of_generated
        model.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9) for _ in range(2)))
        play, found = labs.train_on_points(model, real, 64, critic_updates=1), []
        for seed in SEEDS:
            play.restart(seed)
            play(ROUNDS)
            x, y = ops.convert_to_numpy(model.generator(wu.latent_vectors(1000, 4, 3))).T
            found.append(100 * float(np.mean(x < np.abs(y))))
        rows.append([name, *(f"{value:.0f} %" for value in found)])
    return table(["augmented", *(f"turned samples, seed {seed}" for seed in SEEDS)], rows)


if __name__ == "__main__":
    store("augmented", {"leak": leak})
