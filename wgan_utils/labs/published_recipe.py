"""The sevens' recipe as it was published, step for step, beside the algorithm it departs from."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from wgan_utils.gan.backend import value_and_gradients
from wgan_utils.gan.losses import as_float32, check_positive
from wgan_utils.models import WGAN

FROZEN = ("training", "inference")


class PublishedWGAN(WGAN):
    """The Wasserstein GAN of Brownlee (2019, "How to Develop a Wasserstein GAN From Scratch"), with one compiled step.

    Against Algorithm 1 of Arjovsky et al. (2017): the critic is updated on a half batch of real images alone and then,
    in an update of its own, on a half batch of generated ones; these are made by the generator in inference mode
    (`predict`); only the kernels of convolutions are clipped; the generator's batch is a whole one. Train it with half
    batches: `batch_size` 32 is the recipe's 64.

    Args:
        generator: see `AdversarialModel`.
        critic: see `WGAN`; the recipe's has BatchNorm.
        latent_dim: see `AdversarialModel`.
        critic_steps: pairs of critic updates per generator update.
        clip_value: every convolution kernel of the critic is clamped to [−clip_value, clip_value].
        frozen_batch_norm: what the critic's BatchNorm does in the generator's update. "inference": it is frozen with
            the rest, which in Keras 3 means that it normalises by its moving statistics. "training": it is left out of
            the freezing, so that it normalises by the batch, and its scales and offsets move in that update, too.
        clip_last_layer: whether the critic's last layer, kernel and bias, is clipped as well.
        joint_update: whether the critic is updated once, on real and generated images, in place of twice.
        options: `seed` and `ema_momentum` of `AdversarialModel`.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 5,
        clip_value: float | None = 0.01,
        frozen_batch_norm: str = "inference",
        clip_last_layer: bool = False,
        joint_update: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(generator, critic, latent_dim, critic_steps, clip_value=None, **options)
        if clip_value is not None:
            check_positive("clip_value", clip_value, 0.01)
        self.clip_value = clip_value
        if frozen_batch_norm not in FROZEN:
            raise ValueError(f"frozen_batch_norm must be one of {', '.join(FROZEN)}, not {frozen_batch_norm!r}.")
        self.frozen_batch_norm = frozen_batch_norm
        self.clip_last_layer = clip_last_layer
        self.joint_update = joint_update

    def compile(self, critic_optimizer: Any, generator_optimizer: Any, **kwargs: Any) -> None:
        """See `AdversarialModel.compile`."""
        if critic_optimizer is not generator_optimizer:
            generator_optimizer.build(self.generator_step_variables())
        super().compile(critic_optimizer, generator_optimizer, **kwargs)

    def settings(self) -> dict[str, Any]:
        """Return the numbers that define the algorithm, and which variant of the recipe it is."""
        own = {name: getattr(self, name) for name in ("frozen_batch_norm", "clip_last_layer", "joint_update")}
        return {**super().settings(), **own}

    def generator_step_variables(self) -> list:
        """List the variables of the generator's update: in the first reading the critic's BatchNorm is among them."""
        left_out = [layer for layer in self.critic.layers if isinstance(layer, keras.layers.BatchNormalization)]
        scales = [v for layer in left_out for v in layer.trainable_variables]
        return self.generator.trainable_variables + (scales if self.frozen_batch_norm == "training" else [])

    def clipped(self) -> list:
        """List the critic's variables that are clipped."""
        last = self.critic.layers[-1].trainable_variables if self.clip_last_layer else []
        return convolution_kernels(self.critic) + last

    def update_critic(self, real: Any) -> dict[str, Any]:
        """Update the critic twice, on real images and then on as many generated ones; or once, on both."""
        fake = ops.stop_gradient(self.generator(self.draw_latent(ops.shape(real)[0]), training=False))
        if self.joint_update:
            return self.update_once(lambda: self.critic_loss(real, fake))
        return self.update_on_one_kind(real, -1.0, "real_score") | self.update_on_one_kind(fake, 1.0, "fake_score")

    def update_on_one_kind(self, images: Any, label: float, name: str) -> dict[str, Any]:
        """Update the critic on images of one kind, with the loss mean(label · score)."""

        def loss() -> tuple[Any, dict[str, Any]]:
            mean_score = ops.mean(as_float32(self.critic(images, training=True)))
            return label * mean_score, {name: mean_score}

        return self.update_once(loss)

    def update_once(self, loss: Callable[[], tuple[Any, dict[str, Any]]]) -> dict[str, Any]:
        """Update the critic once with a loss, clip it, and return what the loss logs."""
        variables = self.critic.trainable_variables
        _, logs, gradients = value_and_gradients(loss, variables, self.variables)
        self.optimizer.apply(gradients, variables)
        if self.clip_value is not None:
            for variable in self.clipped():
                variable.assign(ops.clip(variable, -self.clip_value, self.clip_value))
        return logs

    def update_generator(self, batch_size: Any, real: Any = None) -> dict[str, Any]:
        """Update the generator once, on twice as many images as a half batch has."""
        latent = self.draw_latent(2 * batch_size)

        def loss() -> tuple[Any, dict[str, Any]]:
            fake_scores = self.critic(
                self.generator(latent, training=True), training=self.frozen_batch_norm == "training"
            )
            value = self.generator_loss(fake_scores)
            return value, {"generator_loss": value}

        variables = self.generator_step_variables()
        _, logs, gradients = value_and_gradients(loss, variables, self.variables)
        self.generator_optimizer.apply(gradients, variables)
        return logs


def convolution_kernels(critic: keras.Model) -> list:
    """List the kernels of a critic's convolutions, all that the recipe clips."""
    return [layer.kernel for layer in critic.layers if isinstance(layer, keras.layers.Conv2D)]
